import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomStream } from '../../../stages/random.ts';
import { testSelection } from '../../helpers/test-engine.ts';
import { attemptInNewProcess } from './attempt.ts';
import { attempt, overrides, project, removeProjects, stateOf, tenAndTen } from './exact-resume.ts';
import { reproducibleOutputs, wasm } from './tiny-training.ts';

test.after.each(removeProjects);

/** TensorFlow only where it is installed already. */
const tensorflow = await testSelection('tensorflow');

tenAndTen('chapter', wasm, 4);
tenAndTen('paper', wasm, 5);
if (tensorflow) tenAndTen('paper', tensorflow, 4);

test('killed again and again before or in a file-system call of many, it ends with the same outputs', async () => {
  const [straight, parts] = [await project(), await project()];
  const order = { recipe: 'paper', overrides: { ...overrides, ema_decay: 0.9, keep_every: 2, checkpoint_every: '3 iterations' }, engine: wasm, seed: 1 } as const;
  const uninterrupted = await attemptInNewProcess({ ...order, folder: straight.folder, attempt: 0 });
  const random = randomStream(1, 'kills');
  // Each attempt has fewer calls before it than the one that made nothing yet; where it ends before the kill, so much the better.
  const kills = [0.4, 0.4].map((part) => 1 + random.integer(Math.floor(part * uninterrupted.fileCalls)));
  for (const [attempt, killAtFileCall] of kills.entries()) await attemptInNewProcess({ ...order, folder: parts.folder, attempt, killAtFileCall });
  const last = await attemptInNewProcess({ ...order, folder: parts.folder, attempt: 99 });
  assert.equal(await reproducibleOutputs(last.out), await reproducibleOutputs(uninterrupted.out), `killed at calls ${kills.join(', ')} of ${uninterrupted.fileCalls}`);
  assert.equal((await stateOf(parts, 12)).files, (await stateOf(straight, 12)).files);
});

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

test('of a damaged newest checkpoint, whichever file, the one before is taken with a warning, and nothing changes', async () => {
  const at = await project();
  const straight = await attempt(at, 'paper', {});
  const state = await stateOf(at, 12);
  for (const name of ['state.safetensors', 'metrics.jsonl', 'checkpoint.json']) {
    const file = join(at.checkpoints, 'iteration-00000012', name);
    const content = await readFile(file);
    content[content.length - 5]! ^= 0x40;
    await writeFile(file, content);
    const healed = await attempt(at, 'paper', {});
    assert.is(healed.iterations, 4);
    assert.match(healed.warnings.join(), `the checkpoint of iteration 12 is skipped: ${name} is damaged`);
    assert.equal(healed.outputs, straight.outputs);
    assert.equal(await stateOf(at, 12), state);
  }
});

test('networks that keep_every keeps survive an interruption, go on with more epochs, and are digest-checked', async () => {
  const [straight, parts] = [await project(), await project()];
  const changes = { ema_decay: 0.9, keep_every: 1, learning_rate_schedule: undefined };
  const expected = await attempt(straight, 'paper', { ...changes, epochs: 4 });
  const kept = (outputs: ReadonlyMap<string, string>) => [...outputs.keys()].filter((path) => path.startsWith('models/epoch-'));
  assert.equal(new Set(kept(expected.outputs).map((path) => path.split('/')[1])), new Set(['epoch-0001', 'epoch-0002', 'epoch-0003', 'epoch-0004']));
  assert.ok(expected.outputs.has('models/epoch-0002/generatorBToA_ema/weights.bin'));
  assert.is(expected.outputs.get('models/epoch-0004/generatorAToB_ema/weights.bin'), expected.outputs.get('models/generatorAToB_ema/weights.bin'));
  assert.is.not(expected.outputs.get('models/generatorAToB/weights.bin'), expected.outputs.get('models/generatorAToB_ema/weights.bin'));
  await attempt(parts, 'paper', { ...changes, epochs: 3 }, 6);
  const shorter = await attempt(parts, 'paper', { ...changes, epochs: 2 });
  assert.is(kept(shorter.outputs).length, kept(expected.outputs).length / 2);
  const longer = await attempt(parts, 'paper', { ...changes, epochs: 4 });
  assert.equal(longer.outputs, expected.outputs);
  await writeFile(join(parts.checkpoints, 'models', 'epoch-0001', 'generatorAToB', 'weights.bin'), 'damaged');
  const again = await attempt(parts, 'paper', { ...changes, epochs: 4 });
  assert.match(again.warnings.join(), /no models of epoch 1: .*its weights are gone/);
  assert.is(kept(again.outputs).length, (kept(expected.outputs).length * 3) / 4);
});

test('stopping says interrupted, and leaves at once a checkpoint of the step that was finished', async () => {
  const at = await project();
  const stopped = await attempt(at, 'chapter', { checkpoint_every: 100 }, 2);
  assert.ok(!stopped.result.ok && stopped.result.failure.code === 'interrupted');
  assert.is(stopped.iterations, 2);
  assert.equal(await readdir(at.checkpoints), ['iteration-00000002']);
});

test.run();
