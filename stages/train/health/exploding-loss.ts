/** Losses that grow far beyond what they were or can sensibly be: a step that is too long, before it ends in NaN. */
import type { GanLossName } from '../../model/losses/gan-loss.ts';
import { figure, listed, newestEpochs, type Detector, type TrainingFacts } from './facts.ts';

/** An epoch's means can be those of its turbulent beginning only if it is shorter. */
const iterations = 100;

/** So many times what is much already is no turbulence, however short the epoch. */
const beyondDoubt = 100;

/**
 * Means over an epoch that no discriminator of a training that goes well comes near. Least squares: outputs 2 away from
 * their target, twice the distance between real and generated. vanilla: on average surer than 99 % of what is wrong.
 * hinge: ten margins. wgan-gp has no scale; its penalty has: slopes of 4 and more where 1 is wanted.
 */
const mostOfDiscriminator: Readonly<Record<GanLossName, number>> = { mse: 4, lsgan: 4, vanilla: 5, hinge: 10, 'wgan-gp': Infinity };
const mostPenalty = 10;

/** Cycle losses of |x − y| in [0, 2]: three times the best epoch's, and no better than a single colour for most images. */
const cycleFactor = 3;
const leastCycle = 0.25;

export const explodingLoss: Detector = (facts) => {
  const isLong = newestEpochs(facts.epochs, iterations).length > 0;
  const found = isLong ? [...ofDiscriminators(facts, 1), ...ofCycles(facts)] : ofDiscriminators(facts, beyondDoubt);
  if (found.length === 0) return [];
  return [{
    kind: 'exploding-loss',
    message: `${found.join('; ')}: the training is coming apart. Try a smaller optimizer.learning_rate, or optimizer.global_clipnorm 1; the checkpoints from before are good still.`,
  }];
};

function ofDiscriminators({ epochs, loss: { gan } }: TrainingFacts, times: number): string[] {
  const beyond = (prefix: string, most: number) => {
    const terms = Object.entries(epochs.at(-1)!.terms).filter(([name, value]) => name.startsWith(prefix) && value > times * most);
    return terms.length === 0 ? [] : [`${listed(terms.map(([name, value]) => `${name} is ${figure(value)}`))}, where ${most} is much already`];
  };
  return [...beyond('discriminator', mostOfDiscriminator[gan]), ...beyond('gradient_penalty', mostPenalty)];
}

function ofCycles({ epochs }: TrainingFacts): string[] {
  return (['cycle_A', 'cycle_B'] as const).flatMap((name) => {
    const values = epochs.map(({ terms }) => terms[name] ?? NaN);
    const [last, best] = [values.at(-1)!, Math.min(...values)];
    return last > leastCycle && last > cycleFactor * best ? [`${name} is ${figure(last)} and has been ${figure(best)}`] : [];
  });
}
