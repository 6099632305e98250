/** The four networks of a CycleGAN. */
import { ok, type Result } from '../../pipeline/failure.ts';
import type { LayersModel, Tf } from '../engine/tf.ts';
import { discriminator, patches } from './discriminator.ts';
import { modelFailed } from './failures.ts';
import { generator } from './generator.ts';
import { setInitialWeights } from './initial-weights.ts';
import type { Operations } from './operations/index.ts';
import type { ImageShape, ModelSpec } from './spec.ts';

export const networkNames = ['generatorAToB', 'generatorBToA', 'discriminatorA', 'discriminatorB'] as const;
export type NetworkName = (typeof networkNames)[number];

/** Each with the name of its key. Generators map images to images, discriminators images to a map of patches. */
export type Networks = Readonly<Record<NetworkName, LayersModel>>;

/**
 * Makes the networks for images of `[height, width, channels]`, with the initial weights of `seed`. Fails with
 * `image-size-not-multiple-of-4` or `image-too-small`. `operations` replaces the engine's own (tests).
 */
export function createNetworks(tf: Tf, spec: ModelSpec, image: ImageShape, seed: number, operations?: Operations): Result<Networks> {
  const checked = checkImageSize(spec, image);
  if (!checked.ok) return checked;
  const networks: Networks = {
    generatorAToB: generator(tf, 'generatorAToB', spec.generator, image, operations),
    generatorBToA: generator(tf, 'generatorBToA', spec.generator, image, operations),
    discriminatorA: discriminator(tf, 'discriminatorA', spec.discriminator, image, operations),
    discriminatorB: discriminator(tf, 'discriminatorB', spec.discriminator, image, operations),
  };
  for (const name of networkNames) setInitialWeights(tf, networks[name], spec, seed);
  return ok(networks);
}

export function disposeNetworks(networks: Networks): void {
  for (const name of networkNames) networks[name].dispose();
}

/** Whether images of this size fit both networks. */
export function checkImageSize(spec: ModelSpec, [height, width]: ImageShape): Result<void> {
  const size = `${width}×${height}`;
  if (height % 4 !== 0 || width % 4 !== 0 || height < 4 || width < 4) {
    return modelFailed('image-size-not-multiple-of-4', `the images are ${size} pixels (width × height)`, {
      expected: 'a height and a width that are multiples of 4', hint: 'Set size in the resize stage, or crop in train.',
    });
  }
  const smallest = smallestSize(spec);
  if (Math.min(height, width) < smallest) {
    return modelFailed('image-too-small', `the images are ${size} pixels (width × height)`, {
      expected: `at least ${smallest} pixels high and wide for these networks`, hint: 'Take larger images, or fewer strides of 2 in model.discriminator.strides.',
    });
  }
  return ok(undefined);
}

/** The discriminator must have a patch; a quarter of the size must be more than a residual block reflects, which 8 pixels are. */
function smallestSize({ generator, discriminator }: ModelSpec): number {
  let size = generator.padding === 'reflect' ? 8 : 4;
  while (patches(size, discriminator.strides) < 1) size += 4;
  return size;
}
