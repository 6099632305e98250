import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomStream } from '../../../stages/random.ts';
import { implementation } from '../../../stages/train/run.ts';
import { testSelection } from '../../helpers/test-engine.ts';
import { attemptInNewProcess } from './attempt.ts';
import { TinyProject, chapter, digestsOf, paper, reproducibleOutputs, valueOf, wasm } from './tiny-training.ts';

const recipes = { chapter, paper } as const;
/** Four iterations an epoch in both recipes, so that 5 is in an epoch's middle and 12 an end. */
const overrides = { epochs: 3, iterations_per_epoch: 4 };

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

/** TensorFlow only where it is installed already. */
const tensorflow = await testSelection('tensorflow');

const stateOf = async (at: TinyProject, iteration: string) => {
  const digests = await digestsOf(at.checkpoints);
  return [`iteration-${iteration}/state.safetensors`, `iteration-${iteration}/metrics.jsonl`].map((path) => digests.get(path));
};

for (const engine of tensorflow ? [wasm, tensorflow] : [wasm]) {
  for (const recipe of ['chapter', 'paper'] as const) {
    test(`12 iterations are 5, a new process, and 7 more, bit for bit (${recipe}, ${engine.backend})`, async () => {
      const [whole, parts] = [await project(), await project()];
      const order = { recipe, overrides, engine, seed: 7 };
      // TensorFlow reads its settings once a process, so it is loaded in none but its own.
      const straight = engine === wasm
        ? (await attempt(whole, recipe, overrides, Infinity, order.seed)).outputs
        : await reproducibleOutputs((await attemptInNewProcess({ ...order, folder: whole.folder, attempt: 1 })).out);
      const first = await attemptInNewProcess({ ...order, folder: parts.folder, attempt: 1, stopAfter: 5 });
      assert.is(first.code, 'interrupted');
      assert.ok((await readdir(parts.checkpoints)).includes('iteration-00000005'));
      const second = await attemptInNewProcess({ ...order, folder: parts.folder, attempt: 2 });
      assert.is(second.code, 'ok');
      assert.equal(await reproducibleOutputs(second.out), straight);
      const state = await stateOf(whole, '00000012');
      assert.ok(state.every((digest) => digest !== undefined));
      assert.equal(await stateOf(parts, '00000012'), state);
      const epochs = (await readFile(join(second.out, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n').map((line) => JSON.parse(line).epoch);
      assert.equal(epochs, [1, 2, 3]);
    });
  }
}

test('killed at random again and again, it ends with the same outputs', async () => {
  const [whole, parts] = [await project(), await project()];
  const order = { recipe: 'paper', overrides: { ...overrides, checkpoint_every: '3 iterations' }, engine: wasm, seed: 1 } as const;
  const straight = await attempt(whole, 'paper', order.overrides, Infinity, order.seed);
  const random = randomStream(Date.now() % 2 ** 32, 'kills');
  const kills = Array.from({ length: 2 }, () => 4 + random.integer(4));
  for (const [attempt, killAfter] of kills.entries()) await attemptInNewProcess({ ...order, folder: parts.folder, attempt, killAfter });
  const last = await attemptInNewProcess({ ...order, folder: parts.folder, attempt: 99 });
  assert.equal(await reproducibleOutputs(last.out), straight.outputs, `killed after ${kills.join(', ')} iterations`);
});

/** Runs an attempt in this process; returns its outputs and its warnings. */
async function attempt(at: TinyProject, recipe: keyof typeof recipes, given: object, stopAfter = Infinity, seed = 0) {
  const context = await at.context(valueOf(recipes[recipe]({ ...overrides, ...given })).params, { stopAfter, seed });
  const result = await implementation.run(context);
  return { outputs: await reproducibleOutputs(context.out), iterations: context.recorded.progress.length, warnings: context.recorded.warnings, result };
}

test('more epochs continue where the shorter training ended, with the outputs of one that was never shorter', async () => {
  const [whole, parts] = [await project(), await project()];
  const straight = await attempt(whole, 'chapter', { epochs: 4 });
  const shorter = await attempt(parts, 'chapter', { epochs: 2 });
  const longer = await attempt(parts, 'chapter', { epochs: 4 });
  assert.is(shorter.iterations, 8);
  assert.is(longer.iterations, 8);
  assert.equal(longer.outputs, straight.outputs);
  const again = await attempt(parts, 'chapter', { epochs: 2 });
  assert.equal(again.outputs, shorter.outputs);
  assert.equal((await attempt(parts, 'chapter', { epochs: 4 })).iterations, 0, 'the shorter run kept the checkpoints of the longer');
});

test('another sample_every trains nothing again; what can no longer be drawn is said', async () => {
  const at = await project();
  await attempt(at, 'chapter', { epochs: 3, sample_every: 3 });
  const denser = await attempt(at, 'chapter', { epochs: 3, sample_every: 1 });
  assert.is(denser.iterations, 0);
  assert.equal(denser.warnings.length, 2);
  assert.match(denser.warnings[0]!, 'continues from iteration 12, epoch 3 of 3');
  assert.match(denser.warnings[1]!, 'no samples of epoch 2');
  const drawn = [...denser.outputs.keys()].filter((path) => path.startsWith('samples/') && path.includes('AtoB'));
  assert.equal(drawn.map((path) => path.slice(8, 18)), ['epoch-0001', 'epoch-0003']);
});

test('another sample_split shows the images of that split, though they have the same names', async () => {
  const [fresh, resumed] = [await project(), await project()];
  for (const at of [fresh, resumed]) await at.writeData({ a: 2, b: 2, test: 2 });
  const straight = await attempt(fresh, 'chapter', { epochs: 2, sample_split: 'train', samples: 2 });
  await attempt(resumed, 'chapter', { epochs: 1, sample_split: 'test', samples: 2 });
  const other = await attempt(resumed, 'chapter', { epochs: 2, sample_split: 'train', samples: 2 });
  assert.equal(other.outputs, straight.outputs);
});

test('a damaged newest checkpoint is skipped with a warning, and changes nothing', async () => {
  const at = await project();
  const straight = await attempt(at, 'paper', {});
  const file = join(at.checkpoints, 'iteration-00000012', 'state.safetensors');
  const content = await readFile(file);
  content[content.length - 5]! ^= 0x40;
  await writeFile(file, content);
  const healed = await attempt(at, 'paper', {});
  assert.is(healed.iterations, 4);
  assert.match(healed.warnings.join(), 'the checkpoint of iteration 12 is skipped: state.safetensors is damaged');
  assert.equal(healed.outputs, straight.outputs);
});

test('stopping says interrupted, and leaves at once a checkpoint of the step that was finished', async () => {
  const at = await project();
  const stopped = await attempt(at, 'chapter', { checkpoint_every: 100 }, 2);
  assert.ok(!stopped.result.ok && stopped.result.failure.code === 'interrupted');
  assert.is(stopped.iterations, 2);
  assert.equal(await readdir(at.checkpoints), ['iteration-00000002']);
});

test.run();
