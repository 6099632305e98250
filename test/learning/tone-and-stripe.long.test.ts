// 1,000 iterations must find both the tones and the stripe: SSIM sees the stripe, PSNR the tones.
import { atLeast, holdsForSeeds } from './holds-for-seeds.ts';

await holdsForSeeds('tone-and-stripe', ({ cyclegan }) => {
  atLeast(0.85, cyclegan.ssim, 'SSIM');
  atLeast(24.5, cyclegan.psnr, 'PSNR in dB');
});
