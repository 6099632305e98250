import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { randomStream } from '../../../../stages/random.ts';
import { newTrainingWarnings, trainingWarnings, type TrainingFacts, type TranslatedPicture } from '../../../../stages/train/health/training-warnings.ts';
import type { EpochMetrics } from '../../../../stages/train/history.ts';
import type { GanLossName } from '../../../../stages/model/losses/gan-loss.ts';

const shape = [8, 8, 3] as const;
const healthyTerms = {
  cycle_A: 0.15, cycle_B: 0.14, identity_A: 0.14, identity_B: 0.13, adversarial_AToB: 0.3, adversarial_BToA: 0.32,
  discriminator_A_real: 0.22, discriminator_A_fake: 0.2, discriminator_B_real: 0.23, discriminator_B_fake: 0.21,
};

/** Ten epochs of 200 iterations; `terms` of each epoch (from 1), beside or in place of those of a healthy training. */
function epochs(terms: (epoch: number) => Readonly<Record<string, number>> = () => ({}), change: Partial<EpochMetrics> = {}): EpochMetrics[] {
  return Array.from({ length: 10 }, (_, index) => ({
    epoch: index + 1, iteration: 200 * (index + 1), generator_loss: 3, discriminator_loss: 0.2, learning_rate: 2e-4,
    // As real losses do, these go up and down.
    terms: { ...Object.fromEntries(Object.entries(healthyTerms).map(([name, value]) => [name, value * (1 + 0.03 * (index % 3))])), ...terms(index + 1) }, ...change,
  }));
}

const image = (seed: number): Float32Array => {
  const stream = randomStream(seed, 'image');
  return Float32Array.from({ length: 8 * 8 * 3 }, () => 1.6 * stream.next() - 0.8);
};

/** Two samples each way; `make` is the generator, given the original and its number. */
function pictures(make: (original: Float32Array, index: number) => Float32Array = (original) => original.map((v) => 0.7 * v + 0.1)): TranslatedPicture[] {
  return [1, 2, 3, 4].map((seed, index) => ({ translation: index < 2 ? 'AtoB' : 'BtoA', original: image(seed), generated: make(image(seed), index) }));
}

function facts(given: Partial<TrainingFacts> & { readonly gan?: GanLossName } = {}): TrainingFacts {
  const { gan = 'lsgan', ...rest } = given;
  return { epochs: epochs(), pictures: pictures(), shape, loss: { gan, weights: { adversarial: [1, 1], cycle: [10, 10], identity: [5, 5] }, discriminator_weight: 0.5 }, ...rest };
}

const kinds = (given: TrainingFacts) => trainingWarnings(given).map(({ kind }) => kind);
const message = (given: TrainingFacts) => trainingWarnings(given).map(({ message }) => message).join('\n');

test('a healthy training raises nothing, nor does one that has just begun', () => {
  assert.equal(kinds(facts()), []);
  assert.equal(kinds(facts({ epochs: [] })), []);
  assert.equal(kinds(facts({ pictures: [] })), []);
});

for (const name of ['painterly-1200', 'painterly-2000', 'colour-permutation-1000']) {
  test(`the recorded losses of a real training that went well raise nothing at any epoch: ${name}`, () => {
    const lines = readFileSync(new URL(`recorded/${name}.jsonl`, import.meta.url), 'utf8').trim().split('\n');
    const recorded = lines.map((line) => JSON.parse(line) as EpochMetrics);
    assert.ok(recorded.length >= 4);
    recorded.forEach((_, index) => assert.equal(message(facts({ gan: 'mse', epochs: recorded.slice(0, index + 1) })), ''));
  });
}

const saturated: Readonly<Record<Exclude<GanLossName, 'wgan-gp'>, { readonly own: number; readonly generators: number; readonly healthy: number }>> = {
  mse: { own: 0.004, generators: 0.97, healthy: 0.03 },
  lsgan: { own: 0.004, generators: 0.97, healthy: 0.03 },
  vanilla: { own: 0.02, generators: 4, healthy: 0.2 },
  hinge: { own: 0, generators: 1.5, healthy: 0.1 },
};

for (const [gan, { own, generators, healthy }] of Object.entries(saturated) as [Exclude<GanLossName, 'wgan-gp'>, (typeof saturated)['mse']][]) {
  test(`saturated discriminator, ${gan}: seen when both losses of it are next to nothing, and not before`, () => {
    const with_ = (real: number, fake: number, adversarial: number) => facts({ gan, epochs: epochs(() => ({ discriminator_B_real: real, discriminator_B_fake: fake, adversarial_AToB: adversarial })) });
    assert.equal(kinds(with_(own, own, generators)), ['saturated-discriminator']);
    assert.match(message(with_(own, own, generators)), /^discriminatorB can tell/);
    assert.equal(kinds(with_(own, healthy, generators)), []);
    assert.equal(kinds(with_(healthy, own, generators)), []);
    assert.equal(kinds(with_(own, own, 0.3)), []);
  });
}

test('a saturated discriminator is one of a hundred iterations, however short the epochs are, and says so for each', () => {
  const bad = { discriminator_A_real: 0.002, discriminator_A_fake: 0.001, discriminator_B_real: 0.002, discriminator_B_fake: 0.001, adversarial_AToB: 1, adversarial_BToA: 1 };
  const short = (from: number) => epochs((epoch) => (epoch >= from ? bad : {})).map((epoch) => ({ ...epoch, iteration: 20 * epoch.epoch }));
  assert.equal(kinds(facts({ epochs: short(6) })), ['saturated-discriminator']);
  assert.match(message(facts({ epochs: short(6) })), /discriminatorA and discriminatorB/);
  assert.equal(kinds(facts({ epochs: short(7) })), []);
});

test('wgan-gp has no floor to saturate at', () => {
  const terms = { discriminator_A_real: 0, discriminator_A_fake: 0, adversarial_BToA: 0, gradient_penalty_A: 0.01, gradient_penalty_B: 0.01 };
  assert.equal(kinds(facts({ gan: 'wgan-gp', epochs: epochs(() => terms) })), []);
});

test('idle discriminator: at chance and unmoved; at chance but moving is a good generator', () => {
  const at = (real: (epoch: number) => number, fake: number, gan: GanLossName = 'lsgan', change = {}) =>
    facts({ gan, epochs: epochs((epoch) => ({ discriminator_A_real: real(epoch), discriminator_A_fake: fake }), change) });
  assert.equal(kinds(at(() => 0.25, 0.25)), ['idle-discriminator']);
  assert.equal(kinds(at((epoch) => 0.998 + 0.0001 * epoch, 0.0001)), ['idle-discriminator'], 'an output of 0 for all');
  assert.equal(kinds(at(() => Math.LN2, Math.LN2, 'vanilla')), ['idle-discriminator']);
  assert.equal(kinds(at(() => 1, 1, 'hinge')), ['idle-discriminator']);
  assert.equal(kinds(at((epoch) => 0.245 + 0.01 * (epoch % 2), 0.25)), []);
  assert.equal(kinds(at(() => 0.2, 0.2)), [], 'better than chance');
});

test('a discriminator that a schedule has stopped is not called idle', () => {
  const still = epochs(() => ({ discriminator_A_real: 0.25, discriminator_A_fake: 0.25 })).map((epoch) => ({ ...epoch, learning_rate: 2e-4 * (1 - epoch.epoch / 11) }));
  assert.equal(kinds(facts({ epochs: still })), []);
});

test('a loss beyond all doubt is said of the first epoch too, however short', () => {
  const first = (value: number) => facts({ epochs: epochs(() => ({ discriminator_A_fake: value })).slice(0, 1).map((epoch) => ({ ...epoch, iteration: 40 })) });
  assert.equal(kinds(first(3e8)), ['exploding-loss']);
  assert.equal(kinds(first(50)), [], 'turbulence of a beginning');
});

test('a discriminator that judges other images than it learns from: as the chapter at 64×64 after 72 epochs of real paintings', () => {
  const apart = { discriminator_B_real: 0.0002, discriminator_B_fake: 0.0002, adversarial_AToB: 0.0099 };
  assert.equal(kinds(facts({ gan: 'mse', epochs: epochs(() => apart) })), ['other-statistics']);
  assert.match(message(facts({ gan: 'mse', epochs: epochs(() => apart) })), /discriminatorB knows the images it learns from .* update_order: generators_first/);
  assert.equal(kinds(facts({ gan: 'mse', epochs: epochs(() => ({ ...apart, adversarial_AToB: 0.7 })) })), [], 'the same images: their losses cannot both be small');
});

test('exploding losses: of discriminators by what is sensible, of cycles by the best so far', () => {
  const last = (terms: Readonly<Record<string, number>>, gan: GanLossName = 'lsgan') => facts({ gan, epochs: epochs((epoch) => (epoch === 10 ? terms : {})) });
  assert.equal(kinds(last({ discriminator_B_fake: 7 })), ['exploding-loss']);
  assert.match(message(last({ discriminator_B_fake: 7 })), /discriminator_B_fake is 7, where 4 is much/);
  assert.equal(kinds(last({ discriminator_B_fake: 7 }, 'hinge')), []);
  assert.equal(kinds(last({ gradient_penalty_A: 50 }, 'wgan-gp')), ['exploding-loss']);
  assert.equal(kinds(last({ cycle_A: 0.5 })), ['exploding-loss']);
  assert.equal(kinds(last({ cycle_A: 0.4 })), [], 'less than three times the best');
});

test('cycle collapse: at the level of single colours since the start', () => {
  const stuck = (loss: number, first = loss) => facts({ epochs: epochs((epoch) => ({ cycle_A: epoch === 1 ? first : loss })) });
  // Uniform in ±0.8: a mean deviation of 0.4.
  assert.equal(kinds(stuck(0.45)), ['cycle-collapse']);
  assert.match(message(stuck(0.45)), /cycle_A stands at 0.45, and one colour for each image would give 0.[34]/);
  assert.equal(kinds(stuck(0.3)), [], 'better than one colour');
  assert.equal(kinds(stuck(0.45, 0.7)), [], 'it gets better');
  assert.equal(kinds({ ...stuck(0.45), epochs: stuck(0.45).epochs.slice(0, 3) }), [], 'too early to say');
  assert.equal(kinds({ ...stuck(0.45), pictures: [] }), [], 'no pictures to know the level by');
});

test('colour inversion: negatives, whole or of most pictures, but no single channel', () => {
  const inverted = pictures((original) => original.map((v) => -v));
  assert.equal(kinds(facts({ pictures: inverted })), ['colour-inversion']);
  assert.match(message(facts({ pictures: inverted })), /^AtoB and BtoA: most samples/);
  const some = (negatives: number) => facts({ pictures: pictures((original, index) => (index < negatives ? original.map((v) => -v) : original)) });
  assert.equal(kinds(some(2)), ['colour-inversion']);
  assert.equal(kinds(some(1)), [], 'half of them');
  assert.equal(kinds(facts({ pictures: pictures((original) => original.map((v, i) => (i % 3 === 0 ? -v : v))) })), [], 'one channel');
  assert.equal(kinds(facts({ pictures: pictures((original) => original.map((_, i) => original[3 * Math.floor(i / 3) + ((i + 1) % 3)]!)) })), [], 'exchanged channels');
  assert.equal(kinds(facts({ pictures: inverted, epochs: epochs().slice(0, 2) })), [], 'too early to say');
});

test('images of one channel are judged too', () => {
  const grey = pictures((original) => original.map((v) => -v)).map((picture) => ({ ...picture, original: picture.original.slice(0, 64), generated: picture.generated.slice(0, 64) }));
  assert.equal(kinds(facts({ pictures: grey, shape: [8, 8, 1] })), ['colour-inversion']);
});

test('constant output and mode collapse: one colour, and one picture for all', () => {
  const flat = facts({ pictures: pictures((original, index) => original.map((v) => 0.02 * v + 0.2 * index)) });
  assert.equal(kinds(flat), ['constant-output']);
  const same = image(9);
  const alike = facts({ pictures: pictures((original) => same.map((v, i) => v + 0.03 * original[i]!)) });
  assert.equal(kinds(alike), ['mode-collapse']);
  assert.match(message(alike), /^AtoB and BtoA: every sample/);
  assert.equal(kinds(facts({ pictures: pictures((original) => original.map((v) => 0.2 * v)) })), [], 'pale but not constant');
  const flatOriginals = alike.pictures.map((picture) => ({ ...picture, original: picture.original.map((v) => 0.01 * v) }));
  assert.equal(kinds(facts({ pictures: flatOriginals })), [], 'the originals are alike themselves');
  assert.equal(kinds(facts({ pictures: alike.pictures.filter((_, index) => index % 2 === 0) })), [], 'one sample has nothing to be like');
});

test('a supervised training, without discriminators and cycles, is judged by its pictures alone', () => {
  const supervised = epochs().map((epoch) => ({ ...epoch, terms: { supervised_AToB: 0.2, supervised_BToA: 0.2 } }));
  assert.equal(kinds(facts({ epochs: supervised })), []);
  assert.equal(kinds(facts({ epochs: supervised, pictures: pictures((original) => original.map((v) => -v)) })), ['colour-inversion']);
});

test('what losses show is said once until it ends; what pictures show, whenever they show it', () => {
  const bad = { discriminator_A_real: 0.002, discriminator_A_fake: 0.001, adversarial_BToA: 1 };
  const inverted = pictures((original) => original.map((v) => -v));
  const said = (upTo: number) => newTrainingWarnings(facts({ epochs: epochs((epoch) => (epoch === 5 || epoch === 6 || epoch === 9 ? bad : {})).slice(0, upTo), pictures: upTo % 3 === 0 ? inverted : [] })).map(({ kind }) => kind);
  assert.equal([4, 5, 6, 7, 8, 9].map(said), [[], ['saturated-discriminator'], ['colour-inversion'], [], [], ['saturated-discriminator', 'colour-inversion']]);
});

test('the same facts give the same warnings', () => {
  const given = facts({ epochs: epochs(() => ({ discriminator_A_real: 0.002, discriminator_A_fake: 0.001, adversarial_BToA: 1, cycle_A: 1 })), pictures: pictures((original) => original.map((v) => -v)) });
  assert.equal(trainingWarnings(given), trainingWarnings(structuredClone(given)));
  assert.ok(trainingWarnings(given).length >= 3);
});

test.run();
