import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resample } from '../../../stages/image/resample.ts';
import { noise } from '../test-images.ts';

const checksum = (data: Uint8Array) => data.reduce((sum, value) => (Math.imul(sum, 31) + value) >>> 0, 7);

/** A picture that another language makes again in a line. */
const pattern = (height: number, width: number) => Uint8Array.from({ length: height * width * 3 }, (_, i) => (i * i * 7 + i * 13) % 251);

test('Pillow 10.4 makes the same pixels', () => {
  // from height, width, to height, width: checksum of np.array(Image.fromarray(pattern).resize((width, height), Image.BILINEAR))
  const expected: readonly (readonly [number, number, number, number, number])[] = [
    [64, 64, 32, 32, 1808717572],
    [50, 40, 20, 24, 4028840674],
    [37, 37, 12, 12, 2579910661],
    [30, 40, 77, 91, 1701998378],
    [90, 60, 40, 58, 3250314164],
    [5, 7, 1, 1, 324433],
    [1, 1, 4, 4, 4074675207],
    [300, 11, 16, 16, 864049914],
  ];
  for (const [height, width, toHeight, toWidth, sum] of expected) {
    const { data } = resample({ data: pattern(height, width), height, width, stride: 3 }, [toHeight, toWidth]);
    assert.is(checksum(data), sum, `${height}×${width} → ${toHeight}×${toWidth}`);
  }
});

test('a fourth value is passed over; the same size is the same picture', () => {
  const data = noise(30, 20, 1);
  const wide = Uint8Array.from({ length: 30 * 20 * 4 }, (_, i) => (i % 4 === 3 ? 99 : data[Math.floor(i / 4) * 3 + (i % 4)]!));
  for (const size of [[15, 10], [7, 13], [30, 20], [45, 60]] as const) {
    assert.equal(resample({ data: wide, height: 30, width: 20, stride: 4 }, size), resample({ data, height: 30, width: 20, stride: 3 }, size));
  }
  assert.equal(resample({ data, height: 30, width: 20, stride: 3 }, [30, 20]).data, data);
});

test.run();
