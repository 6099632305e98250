import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { splitAtTopLevelCommas } from '../../../../pipeline/config/override/top-level-commas.ts';
import { randomJson } from '../random-json.ts';

test('JSON values joined by commas come apart again', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = randomJson(seed);
    const values = Array.from({ length: random.integer(1, 5) }, () => JSON.stringify(random.value(3)));
    assert.equal(splitAtTopLevelCommas(values.join(',')), values, `seed ${seed}`);
  }
});

test('brackets and quotes hold commas together; an apostrophe does not', () => {
  assert.equal(splitAtTopLevelCommas('[5,10],[10,10]'), ['[5,10]', '[10,10]']);
  assert.equal(splitAtTopLevelCommas('{a: [1,2], b: "x,y"}'), ['{a: [1,2], b: "x,y"}']);
  assert.equal(splitAtTopLevelCommas("don't,'a,b'"), ["don't", "'a,b'"]);
  assert.equal(splitAtTopLevelCommas('1, "a,b"'), ['1', ' "a,b"']);
  assert.equal(splitAtTopLevelCommas(''), ['']);
});

test.run();
