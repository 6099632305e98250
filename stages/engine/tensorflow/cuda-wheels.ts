/**
 * CUDA 12 as NVIDIA's wheels bring it: what pip resolves `tensorflow[and-cuda]==2.21.0` to, digests as the package index
 * reports them. Never run here: no machine with a GPU was at hand.
 */
import type { Wheel } from './recipe.ts';

export const cudaWheels: readonly Wheel[] = [
  { package: 'nvidia-cublas-cu12', version: '12.9.3.13', platform: 'manylinux_2_27_x86_64', pure: true, bytes: 581_217_458, sha256: 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72' },
  { package: 'nvidia-cuda-cupti-cu12', version: '12.8.90', platform: 'manylinux2014_x86_64', pure: true, bytes: 10_248_621, sha256: 'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182' },
  { package: 'nvidia-cuda-nvcc-cu12', version: '12.9.86', platform: 'manylinux2010_x86_64', pure: true, bytes: 40_546_229, sha256: '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0' },
  { package: 'nvidia-cuda-nvrtc-cu12', version: '12.9.86', platform: 'manylinux2010_x86_64', pure: true, bytes: 89_568_129, sha256: '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4' },
  { package: 'nvidia-cuda-runtime-cu12', version: '12.9.79', platform: 'manylinux2014_x86_64', pure: true, bytes: 3_493_179, sha256: '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3' },
  { package: 'nvidia-cudnn-cu12', version: '9.28.0.42', platform: 'manylinux_2_27_x86_64', pure: true, bytes: 716_538_495, sha256: '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375' },
  { package: 'nvidia-cufft-cu12', version: '11.4.1.4', platform: 'manylinux2014_x86_64', pure: true, bytes: 200_877_592, sha256: 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28' },
  { package: 'nvidia-curand-cu12', version: '10.3.10.19', platform: 'manylinux_2_27_x86_64', pure: true, bytes: 68_295_626, sha256: '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e' },
  { package: 'nvidia-cusolver-cu12', version: '11.7.5.82', platform: 'manylinux_2_27_x86_64', pure: true, bytes: 338_117_415, sha256: '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88' },
  { package: 'nvidia-cusparse-cu12', version: '12.5.10.65', platform: 'manylinux2014_x86_64', pure: true, bytes: 366_465_088, sha256: '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78' },
  { package: 'nvidia-nccl-cu12', version: '2.32.3', platform: 'manylinux_2_27_x86_64', pure: true, bytes: 351_526_311, sha256: 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c' },
  { package: 'nvidia-nvjitlink-cu12', version: '12.9.86', platform: 'manylinux2010_x86_64', pure: true, bytes: 39_748_338, sha256: 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9' },
];
