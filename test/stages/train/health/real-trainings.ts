/** Trainings that are made to go wrong, or well, and what should be said of them. */
import type { WarningKind } from '../../../../stages/train/health/facts.ts';
import type { LossSettings } from '../../../../stages/train/step/settings.ts';
import { picture, type TinyTraining } from './tiny-training.ts';

interface RealTraining extends TinyTraining {
  /** What is said at its end. */
  readonly warnings: readonly WarningKind[];
  /** The long ones take some fifty milliseconds of a processor for each iteration. */
  readonly long: boolean;
}

const lsgan = (adversarial: number, cycle: number, identity: number): LossSettings =>
  ({ gan: 'lsgan', weights: { adversarial: [adversarial, adversarial], cycle: [cycle, cycle], identity: [identity, identity] }, discriminator_weight: 0.5 });

const scene = (domain: 'A' | 'B', index: number) => picture(index + (domain === 'A' ? 0 : 100));

/** Warmer, with less of blue. */
const recoloured = (image: Float32Array) => image.map((value, index) => (index % 3 === 0 ? 0.5 * value + 0.4 : index % 3 === 2 ? 0.6 * value - 0.3 : value));

/** Pale scenes of A, and of B under a checkerboard: no discriminator could miss it. */
const checkered = (domain: 'A' | 'B', index: number) =>
  scene(domain, index).map((value, i) => (domain === 'A' ? 0.2 * value : 0.1 * value + ((Math.floor(i / 48) + Math.floor(i / 3)) % 2 === 0 ? 0.7 : -0.7)));

export const realTrainings: Readonly<Record<string, RealTraining>> = {
  'steps far too long': {
    loss: lsgan(1, 10, 5), learningRate: 0.5, epochs: 1, iterationsPerEpoch: 100, image: scene, warnings: ['exploding-loss'], long: false,
  },
  'all as it should be': {
    loss: lsgan(1, 10, 5), learningRate: 1e-3, epochs: 6, iterationsPerEpoch: 200, long: true, warnings: [],
    image: (domain, index) => (domain === 'A' ? scene(domain, index) : recoloured(scene(domain, index))),
  },
  'generators that do not heed easily convinced discriminators': {
    loss: { ...lsgan(0.001, 10, 10), discriminator_weight: 1 }, learningRate: 2e-3, epochs: 4, iterationsPerEpoch: 100, image: checkered, warnings: ['saturated-discriminator'], long: true,
  },
  'nothing moves': {
    loss: lsgan(1, 10, 5), learningRate: 1e-9, epochs: 5, iterationsPerEpoch: 200, image: scene, long: true, warnings: ['idle-discriminator', 'cycle-collapse'],
  },
  'A to its negatives, told so': {
    objective: 'supervised', loss: lsgan(1, 10, 5), learningRate: 2e-3, epochs: 2, iterationsPerEpoch: 250, long: true, warnings: ['colour-inversion'],
    image: (domain, index) => scene('A', index).map((value) => (domain === 'A' ? value : -value)),
  },
  'a single picture in B, and no cycle': {
    loss: lsgan(1, 0, 0), learningRate: 1e-3, epochs: 3, iterationsPerEpoch: 200, long: true, warnings: ['mode-collapse'],
    image: (domain, index) => scene(domain, domain === 'A' ? index : 0),
  },
  'a single grey in B, and no cycle': {
    loss: lsgan(1, 0, 0), learningRate: 1e-3, epochs: 3, iterationsPerEpoch: 200, long: true, warnings: ['constant-output'],
    image: (domain, index) => (domain === 'A' ? scene(domain, index) : scene(domain, index).fill(0.3)),
  },
};
