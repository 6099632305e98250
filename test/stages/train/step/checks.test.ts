import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ParameterPlaces } from '../../../../pipeline/stage.ts';
import { ganLossNames } from '../../../../stages/model/losses/gan-loss.ts';
import { resolveModel } from '../../../../stages/model/schema.ts';
import { stepChecks } from '../../../../stages/train/step/checks.ts';
import { chapter, failureOf, paper } from '../tiny-training.ts';

type Settings = Parameters<(typeof stepChecks)[number]>[0];

const weights = { adversarial: [1, 1], cycle: [10, 10], identity: [1, 1] } as const;
const optimizer = { beta1: 0.5, beta2: 0.999, epsilon: 1e-7, shared_counter: true };

/** A config whose every value is at a line of its own name. */
const written: ParameterPlaces = { where: (path) => ({ file: path }), resolvePath: (_, value) => value, writtenTogether: () => true };

/** As in a config that names the loss but leaves the discriminators' output to the default. */
const defaulted: ParameterPlaces = { ...written, where: (path) => (path === 'loss.gan' ? { file: path } : undefined) };

function check({ loss, output = 'linear', ...others }: { loss: Partial<Settings['loss']>; output?: 'linear' | 'sigmoid' } & Partial<Omit<Settings, 'loss' | 'model'>>, places = written) {
  const settings: Settings = {
    model: resolveModel({ discriminator: { output } }), loss: { weights, gan: 'mse', discriminator_weight: 1, ...loss },
    optimizer, discriminator_updates: 'joint', ...others,
  };
  return stepChecks.map((check) => check(settings, places)).find((checked) => !checked.ok) ?? { ok: true as const, value: undefined };
}

test('mse takes any output, the other losses a linear one', () => {
  for (const gan of ganLossNames) {
    assert.ok(check({ loss: { gan } }).ok, gan);
    const sigmoid = check({ loss: { gan }, output: 'sigmoid' });
    assert.is(sigmoid.ok, gan === 'mse', gan);
    if (gan !== 'mse') assert.is(failureOf(sigmoid).code, 'train-gan-output');
  }
});

test('a sigmoid that a loss cannot take: exit 64, where, and what to set', () => {
  const failure = failureOf(check({ loss: { gan: 'hinge' }, output: 'sigmoid' }));
  assert.is(failure.exit, 64);
  assert.is(failure.where!.file, 'model.discriminator.output');
  assert.match(failure.message, 'hinge');
  assert.match(failure.hint!, 'set model.discriminator.output to linear');
  assert.is(failureOf(check({ loss: { gan: 'hinge' }, output: 'sigmoid' }, defaulted)).where!.file, 'loss.gan');
});

test('a gradient penalty goes with wgan-gp alone', () => {
  assert.ok(check({ loss: { gan: 'wgan-gp', gradient_penalty: 5 } }).ok);
  const failure = failureOf(check({ loss: { gan: 'hinge', gradient_penalty: 10 } }));
  assert.is(failure.code, 'train-gradient-penalty');
  assert.is(failure.where!.file, 'loss.gradient_penalty');
});

test('wgan-gp steps on its whole loss', () => {
  const failure = failureOf(check({ loss: { gan: 'wgan-gp' }, discriminator_updates: 'separate' }));
  assert.is(failure.code, 'train-critic-updates');
  assert.match(failure.hint!, 'set discriminator_updates to joint');
});

test('a gradient penalty is of one image: no batch normalization', () => {
  const model = resolveModel({ discriminator: { output: 'linear', norm: 'batch' } });
  assert.is(failureOf(check({ loss: { gan: 'wgan-gp' }, ...{ model } })).code, 'train-critic-norm');
  assert.ok(check({ loss: { gan: 'lsgan' }, ...{ model } }).ok);
});

test('gradients are clipped in one way', () => {
  for (const clip of [{ global_clipnorm: 1 }, { clipvalue: 1 }]) assert.ok(check({ loss: {}, optimizer: { ...optimizer, ...clip } }).ok);
  assert.is(failureOf(check({ loss: {}, optimizer: { ...optimizer, global_clipnorm: 1, clipvalue: 1 } })).code, 'train-clip-twice');
});

test('the train stage asks', () => {
  const loss = (gan: string) => ({ loss: { weights: { adversarial: 1, cycle: 10, identity: 1 }, gan, discriminator_weight: 1 } });
  assert.is(failureOf(chapter(loss('lsgan'))).code, 'train-gan-output');
  for (const gan of ganLossNames) assert.ok(paper(loss(gan)).ok, gan);
});

test.run();
