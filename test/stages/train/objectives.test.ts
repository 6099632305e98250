import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readNetworkImages } from '../../../stages/image-set/network-images.ts';
import { openTrainingData } from '../../../stages/train/data/training-data.ts';
import type { EpochMetrics } from '../../../stages/train/history.ts';
import { implementation } from '../../../stages/train/run.ts';
import { TinyProject, chapter, failureOf, paper, reproducibleOutputs, valueOf } from './tiny-training.ts';

const projects: TinyProject[] = [];
async function project(data: Parameters<TinyProject['writeData']>[0] = {}): Promise<TinyProject> {
  const created = await TinyProject.create();
  projects.push(created);
  await created.writeData(data);
  return created;
}
test.after.each(async () => {
  for (const each of projects.splice(0)) await each.remove();
});

async function attempt(at: TinyProject, prepared: ReturnType<typeof chapter>, stopAfter = Infinity) {
  const context = await at.context(valueOf(prepared).params, { stopAfter });
  return { context, result: await implementation.run(context) };
}

const metrics = async (out: string) => (await readFile(join(out, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n').map((line) => JSON.parse(line) as EpochMetrics);

/** Six iterations in one piece and as 3 + 3; the outputs of the first. */
async function resumesExactly(prepared: ReturnType<typeof chapter>) {
  const [whole, parts] = [await project({ a: 4, b: 4, paired: true }), await project({ a: 4, b: 4, paired: true })];
  const straight = await attempt(whole, prepared);
  assert.ok(straight.result.ok);
  assert.is(failureOf((await attempt(parts, prepared, 3)).result).code, 'interrupted');
  const continued = await attempt(parts, prepared);
  assert.ok(continued.result.ok);
  assert.equal(await reproducibleOutputs(continued.context.out), await reproducibleOutputs(straight.context.out));
  return straight.context.out;
}

test('supervised: both generators learn from pairs, and it resumes exactly', async () => {
  const out = await resumesExactly(paper({
    objective: 'supervised', pairing: 'in_order', epochs: 3, iterations_per_epoch: 2, ema_decay: 0.9, learning_rate_schedule: undefined,
  }));
  for (const { terms, generator_loss: loss, discriminator_loss: none } of await metrics(out)) {
    assert.equal(Object.keys(terms), ['supervised_AToB', 'supervised_BToA']);
    assert.ok(Math.abs(loss - terms['supervised_AToB']! - terms['supervised_BToA']!) < 1e-12);
    assert.is(none, 0);
  }
});

test('supervised training without pairs is one clear failure', async () => {
  const { result } = await attempt(await project({ a: 4, b: 5, paired: true }), chapter({ objective: 'supervised' }));
  assert.is(failureOf(result).code, 'train-not-paired');
  assert.match(failureOf(result).message, '4 training images of A and 5 of B');
  const unpaired = await attempt(await project({ a: 4, b: 4 }), chapter({ objective: 'supervised' }));
  assert.is(failureOf(unpaired.result).code, 'train-not-paired');
});

test('a pair is cropped and mirrored alike; unpaired images each in their own way', async () => {
  const at = await project({ a: 4, b: 4, paired: true });
  const context = await at.context(valueOf(chapter()).params);
  const set = valueOf(await readNetworkImages(context.inputs[0]!));
  const sameInBoth = { ...set, parts: set.parts.map((part) => ({ ...part, location: set.parts.find(({ split, domain }) => split === part.split && domain === 'A')!.location })) };
  const options = { pairing: 'in_order', batchSize: 2, augment: { crop: [8, 8], flip: 0.5 }, seed: 5 } as const;
  for (const paired of [true, false]) {
    const data = valueOf(await openTrainingData(sameInBoth, { ...options, paired }));
    const batches = [await data.batch(0), await data.batch(1)];
    assert.is(batches.every(({ A, B }) => A.values.every((value, index) => value === B.values[index])), paired);
    await data.close();
  }
});

test('wgan-gp: its gradient penalty is in the metrics, and its random places are the same after an interruption', async () => {
  const out = await resumesExactly(paper({
    loss: { weights: { adversarial: 1, cycle: 10, identity: 5 }, gan: 'wgan-gp', discriminator_weight: 0.5 }, epochs: 3, iterations_per_epoch: 2,
  }));
  assert.ok((await metrics(out)).every(({ terms }) => terms['gradient_penalty_A']! > 0 && terms['gradient_penalty_B']! > 0));
});

test('init_from begins with the networks of another run, their averages too', async () => {
  const [source, fresh] = [await project(), await project()];
  const first = await attempt(source, paper({ epochs: 1 }));
  const folder = join(first.context.out, 'models');
  const still = { learning_rate: 1e-30, beta1: 0.5, beta2: 0.999, epsilon: 1e-8, shared_counter: false };
  const second = await attempt(fresh, paper({ epochs: 1, init_from: folder, optimizer: still, ema_decay: 0.9 }));
  assert.ok(second.result.ok);
  const weights = (at: typeof first, name: string) => readFile(join(at.context.out, 'models', name, 'weights.bin'), 'hex');
  for (const name of ['generatorAToB', 'generatorBToA', 'discriminatorA', 'discriminatorB']) assert.is(await weights(second, name), await weights(first, name), name);
  assert.is(await weights(second, 'generatorAToB_ema'), await weights(first, 'generatorAToB'));
});

test('init_from is keyed by its networks, not by where they are', () => {
  const { keyed, trajectory, outside } = valueOf(chapter());
  assert.is(outside, undefined);
  for (const part of [keyed, trajectory]) assert.not.match(JSON.stringify(part), 'init_from');
});

test.run();
