/**
 * A discriminator that tells every image apart: its losses are next to nothing, it learns no more, and what it tells its
 * generator is the same whatever the generator does. (Zhu et al. 2017, section 7.1, halve the discriminators' loss and
 * show them older images so that it does not come to that.)
 */
import type { GanLossName } from '../../model/losses/gan-loss.ts';
import type { DiscriminatorLosses } from './discriminator-losses.ts';
import { everywhere } from './discriminator-losses.ts';
import { figure, listed, newestEpochs, type Detector } from './facts.ts';

/** Fewer iterations are a streak of easy images. */
const iterations = 100;

/** Both of its losses are below `own` and the generator's above `generators`. */
interface Saturated {
  readonly own: number;
  readonly generators: number;
}

/**
 * mse, lsgan: outputs within 0.1 of 1 and of 0, and (1 − 0)² for the generator. Trainings that go well stay between 0.1
 * and 0.3. vanilla: it is 95 % sure of each patch. hinge: practically every patch lies beyond the margin, where the loss
 * has no gradient. wgan-gp: its losses have no such floor, and the penalty keeps its gradients alive.
 */
const limits: Readonly<Record<GanLossName, Saturated | undefined>> = {
  mse: { own: 0.01, generators: 0.8 },
  lsgan: { own: 0.01, generators: 0.8 },
  vanilla: { own: 0.05, generators: 2.5 },
  hinge: { own: 0.01, generators: 0.9 },
  'wgan-gp': undefined,
};

export const saturatedDiscriminator: Detector = ({ epochs, loss }) => {
  const limit = limits[loss.gan];
  if (limit === undefined) return [];
  const saturated = everywhere(newestEpochs(epochs, iterations), (losses) => isSaturated(losses, limit));
  if (saturated.length === 0) return [];
  const worst = Math.max(...saturated.flatMap(({ real, fake }) => [real, fake]));
  return [{
    kind: 'saturated-discriminator',
    message: `${listed(saturated.map(({ name }) => name))} can tell every generated image from a real one (losses of ${figure(worst)} and less), so the generators hardly learn from that any more. `
      + 'Try loss.discriminator_weight 0.5 or less, fewer model.discriminator.filters, image_pool 50, or a larger weight of the adversarial loss.',
  }];
};

const isSaturated = ({ real, fake, adversarial }: DiscriminatorLosses, { own, generators }: Saturated): boolean =>
  real < own && fake < own && (adversarial === undefined || adversarial > generators);
