import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ImageShape } from '../../../stages/model/spec.ts';
import { centreWindow, copyWindow } from '../../../stages/image/window.ts';
import type { Window } from '../../../stages/image/window.ts';

const shape: ImageShape = [5, 7, 3];
/** Each value says where it came from: 100 y + 10 x + channel. */
const image = Float32Array.from({ length: 105 }, (_, i) => 100 * Math.floor(i / 21) + 10 * (Math.floor(i / 3) % 7) + (i % 3));
const cut = (window: Window) => {
  const into = new Float32Array(window.height * window.width * 3);
  copyWindow(image, shape, window, into);
  return into;
};

test('a window holds the pixels at its place, mirrored or not', () => {
  const window = { top: 1, left: 2, height: 3, width: 4, mirrored: false };
  const plain = cut(window);
  const mirrored = cut({ ...window, mirrored: true });
  for (let y = 0; y < 3; y++) {
    for (let x = 0; x < 4; x++) {
      for (let c = 0; c < 3; c++) {
        assert.is(plain[(y * 4 + x) * 3 + c], 100 * (1 + y) + 10 * (2 + x) + c);
        assert.is(mirrored[(y * 4 + x) * 3 + c], plain[(y * 4 + (3 - x)) * 3 + c]);
      }
    }
  }
});

test('the centre window leaves as much on either side', () => {
  assert.equal(centreWindow([286, 288, 3], [256, 256]), { top: 15, left: 16, height: 256, width: 256, mirrored: false });
});

test.run();
