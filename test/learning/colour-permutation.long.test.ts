// 1,000 iterations must know the colours better than the best recolouring without a network.
import { atLeast, holdsForSeeds } from './holds-for-seeds.ts';

await holdsForSeeds('colour-permutation', ({ cyclegan, histogram_match }) => {
  atLeast(23.5, cyclegan.psnr, 'PSNR in dB');
  atLeast(histogram_match.psnr, cyclegan.psnr, 'PSNR in dB, beside the unpaired histogram match');
});
