import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseSamples, sampleEpoch } from '../../../../stages/train/samples/choose.ts';

test('the same images at every epoch; more of them add to the fewer; the seed and the domain decide', () => {
  for (let seed = 0; seed < 20; seed++) {
    const fewer = chooseSamples('A', 50, 2, seed);
    const more = chooseSamples('A', 50, 5, seed);
    assert.equal(chooseSamples('A', 50, 2, seed), fewer);
    assert.is(new Set(more).size, 5);
    assert.ok(fewer.every((index) => more.includes(index)) && more.every((index) => index >= 0 && index < 50));
    assert.equal(more, [...more].sort((a, b) => a - b));
  }
  const chosen = [chooseSamples('A', 1000, 5, 0), chooseSamples('B', 1000, 5, 0), chooseSamples('A', 1000, 5, 1)].map(String);
  assert.is(new Set(chosen).size, 3);
  assert.equal(chooseSamples('A', 2, 5, 0), [0, 1]);
});

test('drawn after the first epoch, every tenth, and the last', () => {
  const drawn = (every: number, epochs: number) => Array.from({ length: epochs }, (_, i) => i + 1).filter((epoch) => sampleEpoch(epoch, every, epochs));
  assert.equal(drawn(10, 25), [1, 10, 20, 25]);
  assert.equal(drawn(10, 1), [1]);
  assert.equal(drawn(1, 3), [1, 2, 3]);
});

test.run();
