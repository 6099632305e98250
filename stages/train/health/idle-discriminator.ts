/**
 * A discriminator that never learned anything: no better than chance, and what it makes of real images does not move.
 * Chance alone is no fault: where the generators fool it well, a discriminator that learns stands there too, but its
 * losses go up and down by several per cent from epoch to epoch.
 */
import type { GanLossName } from '../../model/losses/gan-loss.ts';
import type { EpochMetrics } from '../history.ts';
import { discriminatorLosses, everywhere, type DiscriminatorLosses } from './discriminator-losses.ts';
import { figure, listed, newestEpochs, type Detector } from './facts.ts';

const iterations = 1000;
const fewestEpochs = 5;
/** Largest difference of the loss on real images between those epochs, as a part of it: what images and crops change of a discriminator that stands still. */
const mostChange = 0.01;
/** Below half of the first learning rate a schedule may be what stops it. */
const leastLearningRate = 0.5;

/**
 * Whether an output that says the same of every image could do as well. With c for all images, least squares gives
 * √real + √fake = |1 − c| + |c| ≥ 1; cross-entropy real + fake ≥ 2·log 2; hinge real + fake ≥ 2. Three per cent below
 * that is still nothing that helps a generator. The critic of wgan-gp has no such scale.
 */
const atChance: Readonly<Record<GanLossName, (losses: DiscriminatorLosses) => boolean>> = {
  mse: ({ real, fake }) => Math.sqrt(real) + Math.sqrt(fake) >= 0.97,
  lsgan: ({ real, fake }) => Math.sqrt(real) + Math.sqrt(fake) >= 0.97,
  vanilla: ({ real, fake }) => real + fake >= 0.97 * 2 * Math.LN2,
  hinge: ({ real, fake }) => real + fake >= 0.97 * 2,
  'wgan-gp': () => false,
};

export const idleDiscriminator: Detector = ({ epochs, loss }) => {
  const recent = newestEpochs(epochs, iterations);
  const looked = recent.length >= fewestEpochs ? recent : epochs.slice(-fewestEpochs);
  if (recent.length === 0 || looked.length < fewestEpochs || hasSlowedDown(epochs)) return [];
  const idle = everywhere(looked, atChance[loss.gan]).filter(({ name }) => standsStill(looked, name));
  if (idle.length === 0) return [];
  return [{
    kind: 'idle-discriminator',
    message: `${listed(idle.map(({ name }) => name))}: no better than chance at telling generated images from real ones, the loss on real images unmoved at ${listed(idle.map(({ real }) => figure(real)))} for ${looked.length} epochs. Nothing is learned there, so the generators learn no style from it. `
      + 'Try a larger optimizer.learning_rate or loss.discriminator_weight, and see whether both domains really differ.',
  }];
};

function hasSlowedDown(epochs: readonly EpochMetrics[]): boolean {
  return epochs.at(-1)!.learning_rate < leastLearningRate * epochs[0]!.learning_rate;
}

function standsStill(epochs: readonly EpochMetrics[], name: DiscriminatorLosses['name']): boolean {
  const values = epochs.map((epoch) => discriminatorLosses(epoch).find((losses) => losses.name === name)!.real);
  return Math.max(...values) - Math.min(...values) <= mostChange * Math.max(...values);
}
