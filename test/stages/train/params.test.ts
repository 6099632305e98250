import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chapter, failureOf, paper, valueOf } from './tiny-training.ts';

const trajectory = (overrides: object) => JSON.stringify(valueOf(chapter({ ...overrides })).trajectory);
const keyed = (overrides: object) => JSON.stringify(valueOf(chapter({ ...overrides })).keyed);

test('a weight for both directions becomes a pair, and an equal pair has the same key', () => {
  const loss = (cycle: unknown) => ({ loss: { weights: { adversarial: 1, cycle, identity: [1, 2] }, gan: 'mse', discriminator_weight: 1 } });
  assert.equal(valueOf(chapter(loss(7))).params.loss.weights, { adversarial: [1, 1], cycle: [7, 7], identity: [1, 2] });
  assert.is(keyed(loss(7)), keyed(loss([7, 7])));
  assert.is.not(keyed(loss([7, 8])), keyed(loss(7)));
});

test("a crop's side becomes a height and a width", () => {
  assert.equal(valueOf(chapter({ augment: { crop: 8, flip: 0 } })).params.augment, { crop: [8, 8], flip: 0 });
  assert.equal(valueOf(chapter({ augment: { crop: [8, 12], flip: 0 } })).params.augment, { crop: [8, 12], flip: 0 });
});

test('preparing what was prepared changes nothing', () => {
  for (const recipe of [chapter, paper]) {
    const once = valueOf(recipe());
    assert.equal(valueOf(recipe({ ...once.params })), once);
  }
});

test('the trajectory is what changes weights: neither the end, nor samples, nor how checkpoints are kept', () => {
  const same = [{ epochs: 9 }, { samples: 2 }, { sample_every: 5 }, { sample_split: 'train' }, { checkpoint_every: '3 iterations' }, { keep_last: 7 }, { keep_every: 2 }, { learning_rate_schedule: { constant_epochs: 3, decay_epochs: 0 } }];
  for (const change of same) assert.is(trajectory(change), trajectory({}), JSON.stringify(change));
  const others = [
    { batch_size: 2 }, { iterations_per_epoch: 2 }, { pairing: 'shuffle' }, { augment: { flip: 0.5 } }, { image_pool: 5 }, { update_order: 'generators_first' },
    { discriminator_updates: 'joint' }, { learning_rate_schedule: { constant_epochs: 3, decay_epochs: 1 } }, { ema_decay: 0.9 }, { on_nan: 'rollback' }, { model: {} },
    { optimizer: { learning_rate: 1e-4, beta1: 0.5, beta2: 0.999, epsilon: 1e-7, shared_counter: true } },
  ];
  for (const change of others) assert.is.not(trajectory(change), trajectory({}), JSON.stringify(change));
});

test('the key has all that changes an output, and nothing else', () => {
  for (const change of [{ checkpoint_every: 5 }, { keep_last: 7 }]) assert.is(keyed(change), keyed({}));
  for (const change of [{ epochs: 9 }, { samples: 2 }, { sample_every: 5 }, { sample_split: 'train' }, { ema_decay: 0.9 }, { keep_every: 2 }, { on_nan: 'rollback' }]) assert.is.not(keyed(change), keyed({}));
});

test('where checkpoints are decides what a rollback goes back to: then, and only then, it is in key and trajectory', () => {
  for (const of of [keyed, trajectory]) {
    assert.is.not(of({ on_nan: 'rollback', checkpoint_every: 5 }), of({ on_nan: 'rollback' }));
    assert.is(of({ on_nan: 'rollback', keep_last: 7 }), of({ on_nan: 'rollback' }));
  }
});

test('supervised training refuses a pairing that mixes the pairs, and needs no weights', () => {
  assert.is(failureOf(chapter({ objective: 'supervised', pairing: 'shuffle' })).code, 'train-supervised-pairing');
  assert.ok(chapter({ objective: 'supervised', loss: { weights: { adversarial: 0, cycle: 0, identity: 0 }, gan: 'mse', discriminator_weight: 1 } }).ok);
});

test('of supervised training neither key nor trajectory has what only discriminators could tell', () => {
  const changes = [
    { image_pool: 50 }, { update_order: 'generators_first' }, { discriminator_updates: 'joint' },
    { loss: { weights: { adversarial: 2, cycle: 3, identity: 4 }, gan: 'mse', discriminator_weight: 0.5 } },
  ];
  for (const of of [keyed, trajectory]) {
    for (const change of changes) {
      assert.is(of({ objective: 'supervised', ...change }), of({ objective: 'supervised' }), JSON.stringify(change));
      assert.is.not(of(change), of({}), JSON.stringify(change));
    }
    assert.is.not(of({ objective: 'supervised', ema_decay: 0.9 }), of({ objective: 'supervised' }));
  }
});

test('wgan-gp without a gradient_penalty is wgan-gp with the default one', () => {
  const wgan = (gradient_penalty?: number) => ({
    discriminator_updates: 'joint', model: { generator: { filters: 2 }, discriminator: { filters: 2, norm: 'channel', output: 'linear' } },
    loss: { weights: { adversarial: 1, cycle: 10, identity: 1 }, gan: 'wgan-gp', discriminator_weight: 1, ...(gradient_penalty !== undefined && { gradient_penalty }) },
  });
  assert.is(keyed(wgan()), keyed(wgan(10)));
  assert.is(trajectory(wgan()), trajectory(wgan(10)));
  assert.is.not(keyed(wgan()), keyed(wgan(5)));
});

test('epochs beyond the schedule would train with rate 0: refused, with the place and the remedy', () => {
  const failure = failureOf(paper({ epochs: 4 }));
  assert.is(failure.code, 'train-beyond-schedule');
  assert.match(failure.hint!, 'set epochs to 3');
  assert.ok(paper({ epochs: 3 }).ok);
});

test('weights that are all 0 are refused before anything runs', () => {
  const weights = (adversarial: unknown) => ({ loss: { weights: { adversarial, cycle: 0, identity: [0, 0] }, gan: 'mse', discriminator_weight: 1 } });
  const failure = failureOf(chapter(weights(0)));
  assert.is(failure.code, 'config-invalid-value');
  assert.match(failure.message, 'loss.weights');
  assert.ok(chapter(weights([0, 1])).ok);
});

test('a crop that the networks cannot take is refused before anything runs', () => {
  const crop = (size: unknown) => chapter({ augment: { crop: size, flip: 0 } });
  assert.is(failureOf(crop(250)).code, 'image-size-not-multiple-of-4');
  assert.is(failureOf(crop([256, 4])).code, 'image-too-small');
  assert.ok(crop(256).ok);
});

test.run();
