import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { whatIsWrong } from '../../../stages/image/unreadable.ts';
import { noisePng, smoothJpeg } from '../test-images.ts';

const said = 'VipsJpeg: premature end of JPEG image\nand more';

test('what is no image is called what it is', () => {
  const cases: readonly (readonly [Buffer, string])[] = [
    [Buffer.alloc(0), 'it is empty'],
    [Buffer.from('<!doctype html>\n<title>404</title>'), 'it is text'],
    [Buffer.from('PK\x03\x04…'), 'it is a ZIP archive'],
    [Buffer.from('\0\0\0\x18ftypheic\0', 'latin1'), 'it is a HEIC photo; save it as JPEG or PNG'],
    [Buffer.from([7, 0, 200, 9]), 'it is of no image format that is known here'],
  ];
  for (const [file, expected] of cases) assert.is(whatIsWrong(file, said), expected);
});

test('an image that is cut short is told from one that is damaged', async () => {
  for (const [format, file] of [['a JPEG', await smoothJpeg(30, 30, 1)], ['a PNG', await noisePng(30, 30, 1)]] as const) {
    assert.is(whatIsWrong(file.subarray(0, file.length / 2), said), `it is ${format} that breaks off before its end`);
    assert.is(whatIsWrong(file, said), `it is ${format} that is damaged (the decoder says: VipsJpeg: premature end of JPEG image)`);
  }
});

test.run();
