import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseSamples, sampleEpoch } from '../../../../stages/train/samples/choose.ts';
import { readSampleName, sampleName } from '../../../../stages/train/samples/sample-name.ts';

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

test('names sort by epoch and keep the image, less its extension', () => {
  assert.is(sampleName(10, 'AtoB', '00050.png'), 'epoch-0010-AtoB-00050.png');
  assert.is(sampleName(1, 'BtoA', '2014-08-01 18:16.32.jpg'), 'epoch-0001-BtoA-2014-08-01 18:16.32.png');
  for (const image of ['00050', 'a-BtoA-b', '2014-08-01 18:16.32']) {
    assert.equal(readSampleName(sampleName(12345, 'AtoB', `${image}.png`)), { epoch: 12345, translation: 'AtoB', image });
  }
  assert.is(readSampleName('contact-sheet.png'), undefined);
});

test.run();
