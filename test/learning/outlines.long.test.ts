// 4,000 iterations must fill the shapes: a change of geometry, which no recolouring can make.
import { atLeast, holdsForSeeds } from './holds-for-seeds.ts';

await holdsForSeeds('outlines', ({ cyclegan, copy }) => {
  atLeast(25, cyclegan.psnr, 'PSNR in dB');
  atLeast(3.5, cyclegan.psnr - copy.psnr, 'PSNR above copying the input, in dB');
});
