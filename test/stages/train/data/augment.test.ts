import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ImageShape } from '../../../../stages/model/spec.ts';
import { randomWindow } from '../../../../stages/train/data/augment.ts';

const shape: ImageShape = [5, 7, 3];

test('windows lie inside, reach every place, and depend on the seed and the use alone', () => {
  const windows = Array.from({ length: 300 }, (_, i) => randomWindow(shape, { crop: [4, 5], flip: 0.5 }, 0, `A ${i}`));
  assert.equal([...new Set(windows.map(({ top }) => top))].sort(), [0, 1]);
  assert.equal([...new Set(windows.map(({ left }) => left))].sort(), [0, 1, 2]);
  // In another order, so that nothing but the use can decide.
  for (let i = 299; i >= 0; i--) assert.equal(randomWindow(shape, { crop: [4, 5], flip: 0.5 }, 0, `A ${i}`), windows[i], `A ${i}`);
  assert.not.equal(Array.from({ length: 300 }, (_, i) => randomWindow(shape, { crop: [4, 5], flip: 0.5 }, 1, `A ${i}`)), windows);
  const mirrored = windows.filter((window) => window.mirrored).length;
  assert.ok(mirrored > 110 && mirrored < 190, `${mirrored} of 300 mirrored`);
});

test('probabilities 0 and 1 are certain, and no crop is the whole image', () => {
  for (let i = 0; i < 50; i++) {
    assert.equal(randomWindow(shape, { flip: 0 }, i, 'B'), { top: 0, left: 0, height: 5, width: 7, mirrored: false });
    assert.ok(randomWindow(shape, { flip: 1 }, i, 'B').mirrored);
  }
});

test.run();
