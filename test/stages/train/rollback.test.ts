import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadEngine } from '../../../stages/engine/index.ts';
import { readCheckpoint } from '../../../stages/train/checkpoint/checkpoint.ts';
import type { EpochMetrics } from '../../../stages/train/history.ts';
import { implementation } from '../../../stages/train/run.ts';
import { TinyProject, chapter, digestsOf, failureOf, paper, reproducibleOutputs, valueOf, wasm } from './tiny-training.ts';

/** Overflows within the first iterations, and not any more when it is halved a few times: real NaN that a rollback heals. */
const learningRate = 5e17;
const optimizer = { learning_rate: learningRate, beta1: 0.5, beta2: 0.999, epsilon: 1e-7, shared_counter: true };
const diverging = (overrides: Readonly<Record<string, unknown>> = {}) => paper({
  optimizer, on_nan: 'rollback', learning_rate_schedule: undefined, iterations_per_epoch: 4, epochs: 4, ema_decay: 0.9, keep_every: 2, ...overrides,
});

const projects: TinyProject[] = [];
async function project(): Promise<TinyProject> {
  const created = await TinyProject.create();
  projects.push(created);
  await created.writeData();
  return created;
}
test.after.each(async () => {
  for (const each of projects.splice(0)) await each.remove();
});

async function attempt(at: TinyProject, overrides: Readonly<Record<string, unknown>> = {}, stopAfter = Infinity, recipe: typeof paper = diverging) {
  const context = await at.context(valueOf(recipe(overrides)).params, { stopAfter });
  const result = await implementation.run(context);
  return { result, out: context.out, outputs: await reproducibleOutputs(context.out), warnings: context.recorded.warnings, iterations: context.recorded.iterations };
}

const checkpoint = (at: TinyProject, iteration: number) => readCheckpoint(join(at.checkpoints, `iteration-${String(iteration).padStart(8, '0')}`));
const checkpoints = async (at: TinyProject) => (await readdir(at.checkpoints)).filter((name) => name.startsWith('iteration')).sort();

/** All that the end of two trainings must have in common. */
async function endOf(at: TinyProject, iteration: number) {
  const { position: { epochEnds: _times, ...position }, metrics } = await checkpoint(at, iteration);
  const state = (await digestsOf(at.checkpoints)).get(`iteration-${String(iteration).padStart(8, '0')}/state.safetensors`);
  return { position, metrics, state };
}

test('back to the last regular checkpoint at half the learning rate, until it stays finite; position and metrics say so', async () => {
  const at = await project();
  const { tf } = valueOf(await loadEngine(wasm));
  const before = tf.memory().numTensors;
  const { result, out, warnings } = await attempt(at);
  assert.ok(result.ok);
  assert.is(tf.memory().numTensors, before, 'nothing is left of what was given up');
  const { rollbacks = [] } = (await checkpoint(at, 16)).position;
  assert.ok(rollbacks.length >= 2, `${rollbacks.length} rollbacks`);
  for (const { iteration, to, term } of rollbacks) {
    assert.is(to, 4 * Math.floor((iteration - 1) / 4));
    assert.match(term, /adversarial|discriminator|generator/);
  }
  const back = warnings.filter((line) => line.includes('rollback'));
  assert.equal(back.length, rollbacks.length);
  assert.match(back[0]!, /^at iteration \d+ (.* is NaN|no loss is finite), with .* of A and .* of B; back to iteration 0 and on at half the learning rate \(rollback 1 of 3\)$/);
  const lines = (await readFile(join(out, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n').map((line) => JSON.parse(line) as EpochMetrics);
  assert.equal(lines.map(({ epoch }) => epoch), [1, 2, 3, 4]);
  // Of two rollbacks to the same checkpoint only the last decides; one to an earlier epoch comes before one to a later.
  const expected = [4, 8, 12, 16].map((end) => learningRate * 0.5 ** rollbacks.filter(({ to }) => to < end).length);
  assert.equal(lines.map(({ learning_rate }) => learning_rate), expected);
  assert.ok(lines.at(-1)!.learning_rate < learningRate);
});

test('interrupted after an iteration and continued, it ends as if it had never been', async () => {
  const whole = await project();
  const straight = await attempt(whole);
  const end = await endOf(whole, 16);
  for (const stopAfter of [5, 11, straight.iterations - 1]) {
    const parts = await project();
    const stopped = await attempt(parts, {}, stopAfter);
    assert.is(failureOf(stopped.result).code, 'interrupted');
    const continued = await attempt(parts);
    assert.ok(continued.result.ok);
    assert.equal(continued.outputs, straight.outputs, `stopped after ${stopAfter}`);
    assert.equal(await endOf(parts, 16), end, `stopped after ${stopAfter}`);
  }
});

test('interrupted again and again, with one checkpoint kept, it never loses the one that a rollback needs', async () => {
  const [whole, parts] = [await project(), await project()];
  const overrides = { keep_last: 1, checkpoint_every: '6 iterations' };
  const straight = await attempt(whole, overrides);
  for (let attempts = 0; ; attempts++) {
    assert.ok(attempts < 60, 'it comes to its end');
    const stopped = await attempt(parts, overrides, 5);
    if (stopped.result.ok) {
      assert.equal(stopped.outputs, straight.outputs);
      break;
    }
    assert.is(failureOf(stopped.result).code, 'interrupted');
    const iterations = (await checkpoints(parts)).map((name) => Number(name.slice(10)));
    const last = iterations.at(-1)!;
    if (last > 6) assert.ok(iterations.includes(6 * Math.floor(last / 6)), iterations.join());
  }
  assert.equal(await endOf(parts, 16), await endOf(whole, 16));
});

test('a shorter training and a longer one share what they have in common, whichever comes first', async () => {
  const overrides = { checkpoint_every: '3 iterations' };
  const straight = new Map<number, Awaited<ReturnType<typeof attempt>>>();
  for (const epochs of [1, 4]) straight.set(epochs, await attempt(await project(), { ...overrides, epochs }));
  for (const order of [[1, 4], [4, 1]]) {
    const at = await project();
    for (const epochs of order) {
      const { result, outputs, warnings } = await attempt(at, { ...overrides, epochs });
      const expected = straight.get(epochs)!;
      assert.is(result.ok, expected.result.ok);
      const missing = warnings.some((line) => line.startsWith('no '));
      if (!missing) assert.equal(outputs, expected.outputs, `${epochs} of ${order.join()}`);
      for (const [path, digest] of outputs) assert.is(digest, expected.outputs.get(path), `${epochs} of ${order.join()}: ${path}`);
    }
  }
});

test('where the checkpoint that it should go back to is gone, it comes there again from before', async () => {
  const [whole, parts] = [await project(), await project()];
  const straight = await attempt(whole);
  const { rollbacks = [] } = (await checkpoint(whole, 16)).position;
  const later = rollbacks.find(({ to }) => to > 0)!;
  const stopped = await attempt(parts, {}, straight.iterations - (16 - later.to) - 1);
  assert.is(failureOf(stopped.result).code, 'interrupted');
  for (const name of await checkpoints(parts)) if (Number(name.slice(10)) % 4 === 0) await rm(join(parts.checkpoints, name), { recursive: true });
  const continued = await attempt(parts);
  assert.ok(continued.result.ok);
  assert.equal(continued.outputs, straight.outputs);
  assert.equal(await endOf(parts, 16), await endOf(whole, 16));
});

test('what halving does not heal fails after three rollbacks; the image that is to blame is named', async () => {
  const at = await project();
  await at.spoil('A', 2, NaN);
  const { result, warnings } = await attempt(at, { optimizer: { ...optimizer, learning_rate: 2e-4 } });
  const failure = failureOf(result);
  assert.is(failure.code, 'train-diverged');
  assert.match(failure.message, /with a2\.png of A and b\d\.png of B; a2\.png of A holds values that are not finite, after 3 rollbacks \(from iterations 3, 3, 3\)$/);
  assert.is(warnings.length, 3);
  assert.not.match(failure.hint!, 'rollback');
});

test('weights that are not finite while the losses still are: Ctrl-C writes no checkpoint of them, and changes nothing', async () => {
  const overrides = { on_nan: 'rollback', epochs: 1, iterations_per_epoch: 4, optimizer: { ...optimizer, learning_rate: 1e17 } };
  const expected = failureOf((await attempt(await project(), overrides, Infinity, chapter)).result);
  assert.match(expected.message, /^after iteration 4 the weights of .*moving_variance are no longer finite/);
  const at = await project();
  assert.is(failureOf((await attempt(at, overrides, 3, chapter)).result).code, 'interrupted');
  assert.equal(await checkpoints(at), []);
  const { message } = failureOf((await attempt(at, overrides, Infinity, chapter)).result);
  assert.is(message, expected.message);
});

test('weights that are not finite are seen at the end of an epoch, whenever checkpoints are due, and nothing is made of them', async () => {
  const at = await project();
  const params = chapter({ epochs: 2, iterations_per_epoch: 4, checkpoint_every: 100, keep_every: 1, sample_every: 1, optimizer: { ...optimizer, learning_rate: 1e17 } });
  const context = await at.context(valueOf(params).params);
  assert.match(failureOf(await implementation.run(context)).message, /^after iteration 4 the weights of .* are no longer finite; its images were a3\.png of A and b3\.png of B$/);
  assert.equal(context.recorded.published, []);
  assert.equal(await readdir(context.out), []);
});

test('on_nan: stop names the checkpoint and what often helps', async () => {
  const at = await project();
  const { result } = await attempt(at, { on_nan: 'stop', checkpoint_every: '1 iterations' });
  const failure = failureOf(result);
  assert.is(failure.code, 'train-diverged');
  assert.match(failure.message, /^at iteration \d+ /);
  assert.ok((await checkpoints(at)).includes(failure.where!.file.split(/[\\/]/).at(-1)!));
  assert.match(failure.message, /these are finite: most likely the step before broke the weights, on a\d\.png of A and b\d\.png of B$/);
  assert.match(failure.hint!, /the last good checkpoint is that of iteration \d+; .*learning_rate.*clipnorm.*on_nan: rollback/);
});

test.run();
