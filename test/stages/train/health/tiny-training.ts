/** Real trainings of tiny networks on 16×16 pictures, made to go well or badly, and what is known at the end of each of their epochs. */
import type { Scalar, Tensor4D, Tf } from '../../../../stages/engine/tf.ts';
import { createNetworks, disposeNetworks, type Networks } from '../../../../stages/model/networks.ts';
import { resolveModel } from '../../../../stages/model/schema.ts';
import type { ImageShape } from '../../../../stages/model/spec.ts';
import { randomStream } from '../../../../stages/random.ts';
import { translations } from '../../../../stages/translation.ts';
import type { TrainingFacts, TranslatedPicture } from '../../../../stages/train/health/training-warnings.ts';
import type { EpochMetrics } from '../../../../stages/train/history.ts';
import { sumLosses } from '../../../../stages/train/step/losses.ts';
import type { LossSettings } from '../../../../stages/train/step/settings.ts';
import { createTrainer } from '../../../../stages/train/step/cyclegan.ts';
import { createSupervisedTrainer } from '../../../../stages/train/step/supervised.ts';
import type { Trainer } from '../../../../stages/train/step/trainer.ts';

const shape: ImageShape = [16, 16, 3];
const images = 12;

export interface TinyTraining {
  readonly loss: LossSettings;
  readonly objective?: 'cyclegan' | 'supervised';
  readonly learningRate: number;
  readonly epochs: number;
  readonly iterationsPerEpoch: number;
  /** Image `index` of a domain. */
  readonly image: (domain: 'A' | 'B', index: number) => Float32Array;
}

/** The facts of every epoch, with four samples. */
export function trainTiny(tf: Tf, { loss, objective = 'cyclegan', learningRate, epochs, iterationsPerEpoch, image }: TinyTraining): TrainingFacts[] {
  const model = resolveModel({
    generator: { filters: 4, residual_blocks: 1, norm: 'channel', residual_norm: 'channel', padding: 'reflect', use_bias: false },
    discriminator: { filters: 4, strides: [2, 1], norm: 'channel', output: 'linear' }, init_type: 'normal', init_gain: 0.02,
  });
  const made = createNetworks(tf, model, shape, 1);
  if (!made.ok) throw new Error(made.failure.message);
  const settings = { loss, optimizer: { beta1: 0.5, beta2: 0.999, epsilon: 1e-8, shared_counter: false }, update_order: 'generators_first', discriminator_updates: 'joint' } as const;
  const trainer = (objective === 'supervised' ? createSupervisedTrainer : createTrainer)(tf, made.value, settings);
  const pictures = { A: range(images).map((index) => image('A', index)), B: range(images).map((index) => image('B', index)) };
  const rate = tf.scalar(learningRate);
  const metrics: EpochMetrics[] = [];
  const facts = range(epochs).map((epoch) => {
    const pairs = range(iterationsPerEpoch).map((i) => pairOf(epoch * iterationsPerEpoch + i, objective === 'supervised'));
    const terms = trainEpoch(tf, trainer, pictures, rate, pairs);
    metrics.push({ epoch: epoch + 1, iteration: (epoch + 1) * iterationsPerEpoch, terms, ...sumLosses(terms, loss.weights), learning_rate: learningRate });
    return { epochs: [...metrics], loss, pictures: samples(tf, made.value, pictures), shape };
  });
  rate.dispose();
  trainer.dispose();
  disposeNetworks(made.value);
  return facts;
}

const range = (length: number) => Array.from({ length }, (_, index) => index);

type Pictures = Readonly<Record<'A' | 'B', readonly Float32Array[]>>;

const tensor = (tf: Tf, image: Float32Array): Tensor4D => tf.tensor4d(image, [1, ...shape]);

/** A in order, B at random, or with A. */
function pairOf(iteration: number, paired: boolean): readonly [a: number, b: number] {
  const a = iteration % images;
  return [a, paired ? a : randomStream(1, `pair ${iteration}`).integer(images)];
}

/** The mean of each term. */
function trainEpoch(tf: Tf, trainer: Trainer, pictures: Pictures, rate: Scalar, pairs: readonly (readonly [number, number])[]): Record<string, number> {
  const terms: Record<string, number> = {};
  for (const [a, b] of pairs) {
    tf.tidy(() => {
      const { losses } = trainer.step({ realA: tensor(tf, pictures.A[a]!), realB: tensor(tf, pictures.B[b]!) }, rate);
      for (const [name, value] of Object.entries(losses)) terms[name] = (terms[name] ?? 0) + value.dataSync()[0]! / pairs.length;
    });
  }
  return terms;
}

function samples(tf: Tf, { generatorAToB, generatorBToA }: Networks, pictures: Pictures): TranslatedPicture[] {
  return translations.flatMap((translation) => range(2).map((index) => tf.tidy(() => {
    const original = pictures[translation === 'AtoB' ? 'A' : 'B'][index]!;
    const generated = (translation === 'AtoB' ? generatorAToB : generatorBToA).predict(tensor(tf, original)) as Tensor4D;
    return { translation, original, generated: Float32Array.from(generated.dataSync()) };
  })));
}

/** A soft gradient in a random direction from one random colour to another, with a block of a third. */
export function picture(seed: number): Float32Array {
  const stream = randomStream(seed, 'tiny picture');
  const colours = range(3).map(() => range(3).map(() => 1.8 * stream.next() - 0.9));
  const [dx, dy, left, top] = [stream.next(), stream.next(), 2 + stream.integer(6), 2 + stream.integer(6)];
  return Float32Array.from({ length: 16 * 16 * 3 }, (_, i) => {
    const [row, column, channel] = [Math.floor(i / 48), Math.floor(i / 3) % 16, i % 3];
    const share = (dx * column + dy * row) / (16 * (dx + dy));
    const inside = row >= top && row < top + 6 && column >= left && column < left + 6;
    return inside ? colours[2]![channel]! : colours[0]![channel]! * (1 - share) + colours[1]![channel]! * share;
  });
}
