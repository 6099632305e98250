/** The four networks of a CycleGAN. */
import { ok, type Result } from '../../pipeline/failure.ts';
import type { LayersModel, Tf } from '../engine/tf.ts';
import { discriminator } from './discriminator.ts';
import { generator } from './generator.ts';
import { checkImageSize } from './image-size.ts';
import { setInitialWeights } from './initial-weights.ts';
import type { Operations } from './operations/index.ts';
import type { ImageShape, ModelSpec } from './spec.ts';

export const networkNames = ['generatorAToB', 'generatorBToA', 'discriminatorA', 'discriminatorB'] as const;
export type NetworkName = (typeof networkNames)[number];

/** Each with the name of its key. Generators map images to images, discriminators images to a map of patches. */
export type Networks = Readonly<Record<NetworkName, LayersModel>>;

/**
 * Makes the networks for images of `[height, width, channels]`, with the initial weights of `seed`. Fails with
 * `image-size-not-multiple-of-4` or `image-too-small`. `operations` replaces the engine's own (tests);
 * `discriminatorOperations` only the discriminators' (a gradient penalty takes `twiceDifferentiableOperations(tf)`).
 */
export function createNetworks(
  tf: Tf, spec: ModelSpec, image: ImageShape, seed: number, operations?: Operations, discriminatorOperations = operations,
): Result<Networks> {
  const checked = checkImageSize(spec, image);
  if (!checked.ok) return checked;
  const networks: Networks = {
    generatorAToB: generator(tf, 'generatorAToB', spec.generator, image, operations),
    generatorBToA: generator(tf, 'generatorBToA', spec.generator, image, operations),
    discriminatorA: discriminator(tf, 'discriminatorA', spec.discriminator, image, discriminatorOperations),
    discriminatorB: discriminator(tf, 'discriminatorB', spec.discriminator, image, discriminatorOperations),
  };
  for (const name of networkNames) setInitialWeights(tf, networks[name], spec, seed);
  return ok(networks);
}

export function disposeNetworks(networks: Networks): void {
  for (const name of networkNames) networks[name].dispose();
}
