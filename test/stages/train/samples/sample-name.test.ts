import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readSampleName, sampleName } from '../../../../stages/train/samples/sample-name.ts';

test('names sort by epoch and keep the image, less its extension', () => {
  assert.is(sampleName(10, 'AtoB', '00050.png'), 'epoch-0010-AtoB-00050.png');
  assert.is(sampleName(1, 'BtoA', '2014-08-01 18:16.32.jpg'), 'epoch-0001-BtoA-2014-08-01 18:16.32.png');
  for (const image of ['00050', 'a-BtoA-b', '2014-08-01 18:16.32']) {
    assert.equal(readSampleName(sampleName(12345, 'AtoB', `${image}.png`)), { epoch: 12345, translation: 'AtoB', image });
  }
  assert.is(readSampleName('contact-sheet.png'), undefined);
});

test.run();
