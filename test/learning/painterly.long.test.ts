// 3,000 iterations must paint: brush strokes by the texture distance, the palette by PSNR.
import * as assert from 'uvu/assert';
import { atLeast, holdsForSeeds } from './holds-for-seeds.ts';

await holdsForSeeds('painterly', ({ cyclegan, copy }) => {
  atLeast(21.5, cyclegan.psnr, 'PSNR in dB');
  assert.ok(cyclegan.texture <= copy.texture / 2, `texture distance ${cyclegan.texture}, of the input ${copy.texture}: to hold: at most half`);
});
