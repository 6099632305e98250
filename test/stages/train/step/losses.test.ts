import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { computedLosses, lossNames, sumLosses, weightsByTerm, type LossName } from '../../../../stages/train/step/losses.ts';

const weights = { adversarial: [1, 2], cycle: [10, 20], identity: [3, 4] } as const;

/** A different value for each term, so that a swapped pair shows. */
const values = Object.fromEntries(lossNames.map((name, index) => [name, 1 / (index + 1)])) as Record<LossName, number>;

test('each weight goes to the terms of its generator: AtoB first', () => {
  assert.equal(weightsByTerm(weights), { adversarial_AToB: 1, adversarial_BToA: 2, cycle_A: 10, cycle_B: 20, identity_B: 3, identity_A: 4 });
});

test('the sums are those of the chapter', () => {
  const { generator_loss, discriminator_loss } = sumLosses(values, weights);
  const v = values;
  const expected = v.adversarial_AToB + 2 * v.adversarial_BToA + 10 * v.cycle_A + 20 * v.cycle_B + 3 * v.identity_B + 4 * v.identity_A;
  assert.ok(Math.abs(generator_loss - expected) < 1e-12);
  const half = (real: number, fake: number) => 0.5 * (real + fake);
  const d = half(half(v.discriminator_A_real, v.discriminator_A_fake), half(v.discriminator_B_real, v.discriminator_B_fake));
  assert.ok(Math.abs(discriminator_loss - d) < 1e-12);
});

test('a term of weight 0 is not computed and not missed; another one that is missing shows as NaN', () => {
  const none = { ...weights, identity: [0, 0] } as const;
  assert.not(computedLosses(none).some((name) => name.startsWith('identity')));
  assert.is(computedLosses(weights).length, lossNames.length);
  const { identity_A, identity_B, ...rest } = values;
  assert.ok(identity_A > 0 && identity_B > 0);
  assert.ok(Number.isFinite(sumLosses(rest, none).generator_loss));
  assert.ok(Number.isNaN(sumLosses(rest, weights).generator_loss));
});

test('the gradient penalties are computed with wgan-gp alone, and are in neither sum', () => {
  assert.equal(computedLosses(weights, 'hinge'), computedLosses(weights));
  assert.equal(computedLosses(weights, 'wgan-gp'), [...lossNames, 'gradient_penalty_A', 'gradient_penalty_B']);
  assert.equal(sumLosses({ ...values, gradient_penalty_A: 7, gradient_penalty_B: 8 }, weights), sumLosses(values, weights));
});

test('supervised: the sum of its two terms, whatever the weights; one that is missing shows as NaN', () => {
  assert.equal(sumLosses({ supervised_AToB: 0.5, supervised_BToA: 0.25 }, weights), { generator_loss: 0.75, discriminator_loss: 0 });
  assert.ok(Number.isNaN(sumLosses({ supervised_AToB: 0.5 }, weights).generator_loss));
});

test.run();
