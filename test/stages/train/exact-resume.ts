/** What the short and the long tests of exact resume share: attempts of a tiny training, and twenty iterations as ten and ten. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineSelection } from '../../../pipeline/stage.ts';
import type { Precision } from '../../../stages/engine/capture/index.ts';
import { readCheckpoint } from '../../../stages/train/checkpoint/checkpoint.ts';
import type { EpochMetrics } from '../../../stages/train/history.ts';
import { implementation } from '../../../stages/train/run.ts';
import { attemptInNewProcess } from './attempt.ts';
import { TinyProject, chapter, digestsOf, paper, reproducibleOutputs, valueOf, wasm } from './tiny-training.ts';

const recipes = { chapter, paper } as const;
type Recipe = keyof typeof recipes;

/** Four iterations an epoch in both recipes, so that 5 is in an epoch's middle and 12 an end. */
export const overrides = { epochs: 3, iterations_per_epoch: 4 };
/** What the recipes do not have of themselves. The paper has pools, augmentation, decay and images at random. */
const whole = { chapter: {}, paper: { ema_decay: 0.99, learning_rate_schedule: { constant_epochs: 1, decay_epochs: 5 } } };

const projects: TinyProject[] = [];
export async function project(data: Parameters<TinyProject['writeData']>[0] = {}): Promise<TinyProject> {
  const created = await TinyProject.create();
  projects.push(created);
  await created.writeData(data);
  return created;
}
export async function removeProjects(): Promise<void> {
  for (const each of projects.splice(0)) await each.remove();
}

/** Runs an attempt in this process; returns its outputs and its warnings. */
export async function attempt(at: TinyProject, recipe: Recipe, given: object, stopAfter = Infinity, seed = 0) {
  const context = await at.context(valueOf(recipes[recipe]({ ...overrides, ...given })).params, { stopAfter, seed });
  const result = await implementation.run(context);
  return { outputs: await reproducibleOutputs(context.out), iterations: context.recorded.iterations, warnings: context.recorded.warnings, result };
}

/** A checkpoint's tensors, metrics and position, but for when its epochs ended. */
export async function stateOf(at: TinyProject, iteration: number) {
  const folder = `iteration-${String(iteration).padStart(8, '0')}`;
  const digests = await digestsOf(at.checkpoints);
  const { tensors, position: { epochEnds, ...position } } = await readCheckpoint(join(at.checkpoints, folder));
  const files = ['state.safetensors', 'metrics.jsonl'].map((file) => digests.get(`${folder}/${file}`));
  return { names: [...tensors.keys()], epochs: epochEnds.length, position, files };
}

/** A new process goes on after iteration 10: with four iterations an epoch in its middle, with five at its end. */
export function tenAndTen(recipe: Recipe, engine: EngineSelection, iterationsPerEpoch: 4 | 5, precision: Precision = 'float32'): void {
  test(`20 iterations are 10, a new process, and 10 more, bit for bit (${recipe}, ${engine.backend}, ${precision}, epochs of ${iterationsPerEpoch})`, async () => {
    const [straight, parts] = [await project({ a: 5 }), await project({ a: 5 })];
    const changes = { ...whole[recipe], epochs: 20 / iterationsPerEpoch, iterations_per_epoch: iterationsPerEpoch, keep_every: 2, precision };
    const order = { recipe, overrides: changes, engine, seed: 7 };
    // TensorFlow reads its settings once a process, so it is loaded in none but its own.
    const outputs = engine === wasm
      ? (await attempt(straight, recipe, changes, Infinity, order.seed)).outputs
      : await reproducibleOutputs((await attemptInNewProcess({ ...order, folder: straight.folder, attempt: 1 })).out);
    const first = await attemptInNewProcess({ ...order, folder: parts.folder, attempt: 1, stopAfter: 10 });
    assert.is(first.code, 'interrupted');
    assert.is((await readdir(parts.checkpoints)).filter((name) => name.startsWith('iteration')).sort().at(-1), 'iteration-00000010');
    const second = await attemptInNewProcess({ ...order, folder: parts.folder, attempt: 2 });
    assert.is(second.code, 'ok');
    assert.equal(await reproducibleOutputs(second.out), outputs);
    const state = await stateOf(straight, 20);
    assert.equal(await stateOf(parts, 20), state);
    assertHolds(state.names, [/^generatorAToB\/.*kernel$/, /^discriminatorB\//, /^adam\/m\//, /^adam\/v\//, /^adam\/counter/]);
    assertHolds(state.names, recipe === 'chapter' ? [/moving_variance$/] : [/^ema\/generatorBToA\//, /^ema\/counter$/, /^image_pool_A$/, /^image_pool_B$/]);
    const lines = (await readFile(join(second.out, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n').map((line) => JSON.parse(line) as EpochMetrics);
    assert.equal(lines.map(({ epoch }) => epoch), Array.from({ length: changes.epochs }, (_, index) => index + 1));
    if (recipe === 'paper') assert.is(new Set(lines.map(({ learning_rate }) => learning_rate)).size, changes.epochs, 'the rate falls each epoch');
  });
}

function assertHolds(names: readonly string[], patterns: readonly RegExp[]): void {
  for (const pattern of patterns) assert.ok(names.some((name) => pattern.test(name)), `${pattern} is part of the checkpoint`);
}

