import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { existsSync } from 'node:fs';
import { readFile, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { loadEngine } from '../../../stages/engine/index.ts';
import type { Tensor } from '../../../stages/engine/tf.ts';
import { loadModel } from '../../../stages/model/saved-model.ts';
import { readImages } from '../npy/read-images.ts';
import type { EpochMetrics } from '../../../stages/train/history.ts';
import { implementation } from '../../../stages/train/run.ts';
import { TinyProject, chapter, failureOf, paper, valueOf, wasm } from './tiny-training.ts';

let project: TinyProject;
test.before.each(async () => {
  project = await TinyProject.create();
  await project.writeData();
});
test.after.each(() => project.remove());

async function train(prepared: ReturnType<typeof chapter>, options: Parameters<TinyProject['context']>[1] = {}) {
  const context = await project.context(valueOf(prepared).params, options);
  return { context, result: await implementation.run(context) };
}

async function failing(prepared: ReturnType<typeof chapter>, options: Parameters<TinyProject['context']>[1] = {}) {
  return failureOf((await train(prepared, options)).result);
}

test('metrics.jsonl has a line an epoch: mean terms, their sums, the position and the learning rate', async () => {
  const { context, result } = await train(paper({ iterations_per_epoch: 4 }));
  assert.ok(result.ok);
  const lines = (await readFile(join(context.out, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n').map((line) => JSON.parse(line) as EpochMetrics);
  assert.equal(lines.map(({ epoch, iteration }) => [epoch, iteration]), [[1, 4], [2, 8], [3, 12]]);
  lines.forEach(({ learning_rate }, index) => assert.ok(Math.abs(learning_rate - [2e-4, (2e-4 * 2) / 3, 2e-4 / 3][index]!) < 1e-15));
  const figures = context.recorded.progress.map((progress) => progress.figures!);
  for (const [index, { terms, generator_loss, discriminator_loss }] of lines.entries()) {
    assert.is(Object.keys(terms).length, 10);
    const [shown, ofEpoch] = [figures[5 * index + 4]!, figures.slice(5 * index, 5 * index + 4)];
    for (const [mean, name] of [[generator_loss, 'generator'], [discriminator_loss, 'discriminator']] as const) {
      const expected = ofEpoch.reduce((sum, figure) => sum + figure[name]!, 0) / 4;
      assert.ok(Math.abs(mean - expected) < 1e-9 * Math.abs(expected), `${name} of epoch ${index + 1}`);
      assert.is(shown[name], mean, 'what is shown last of an epoch is its mean');
    }
  }
  const { phase, done, total, unit } = context.recorded.progress.at(-1)!;
  assert.equal([phase, done, total, unit], ['epoch 3 of 3', 12, 12, 'iterations']);
});

test('samples are original, generated, reconstructed, as the saved networks draw them again', async () => {
  const { context, result } = await train(chapter({ epochs: 3, sample_every: 2, samples: 2 }));
  assert.ok(result.ok);
  const names = (await readdir(join(context.out, 'samples'))).sort();
  const expected = [1, 2, 3].flatMap((epoch) => ['AtoB-a0', 'AtoB-a1', 'BtoA-b0', 'BtoA-b1'].map((rest) => `epoch-000${epoch}-${rest}.png`));
  assert.equal(names, expected);
  const { tf } = valueOf(await loadEngine(wasm));
  const load = async (name: string) => loadModel(tf, {
    modelJson: await readFile(join(context.out, 'models', name, 'model.json'), 'utf8'),
    weights: await readFile(join(context.out, 'models', name, 'weights.bin')),
  });
  const [there, back] = [await load('generatorAToB'), await load('generatorBToA')];
  const original = await readImages(context.inputs[0]!.locate('test/A.npy'), 1, 1);
  const panels = tf.tidy(() => {
    const generated = there.predict(tf.tensor4d(original, [1, 12, 12, 3])) as Tensor;
    return [generated.dataSync(), (back.predict(generated) as Tensor).dataSync()];
  });
  const { data, info } = await sharp(join(context.out, 'samples', 'epoch-0003-AtoB-a1.png')).raw().toBuffer({ resolveWithObject: true });
  assert.equal([info.height, info.width, info.channels], [12, 40, 3]);
  for (const [index, panel] of [original, ...panels].entries()) {
    for (let y = 0; y < 12; y++) {
      for (let i = 0; i < 36; i++) {
        const pixel = data[(y * 40 + index * 14) * 3 + i]!;
        assert.ok(Math.abs(pixel - (panel[y * 36 + i]! + 1) * 127.5) <= 0.51, `panel ${index}`);
      }
    }
  }
  there.dispose();
  back.dispose();
});

test('the run folder is shown metrics each epoch, samples when they are drawn', async () => {
  const { context } = await train(chapter({ epochs: 3, sample_every: 3 }));
  const published = context.recorded.published.map((paths) => paths.filter((path) => !path.startsWith('tensorboard/')));
  assert.equal(published, [
    ['metrics.jsonl', 'samples/epoch-0001-AtoB-a0.png', 'samples/epoch-0001-BtoA-b0.png'],
    ['metrics.jsonl'],
    ['metrics.jsonl', 'samples/epoch-0003-AtoB-a0.png', 'samples/epoch-0003-BtoA-b0.png'],
  ]);
});

test('the seed decides the result, and alone', async () => {
  const weights = async (seed: number) => {
    const other = await TinyProject.create();
    await other.writeData();
    const context = await other.context(valueOf(paper({ epochs: 1 })).params, { seed });
    valueOf(await implementation.run(context));
    const bytes = await readFile(join(context.out, 'models', 'generatorAToB', 'weights.bin'), 'hex');
    await other.remove();
    return bytes;
  };
  assert.is(await weights(0), await weights(0));
  assert.is.not(await weights(0), await weights(1));
});

test('without a test split the training images are drawn; a whole batch of several images trains', async () => {
  await project.writeData({ a: 5, b: 7, test: 0 });
  const { context, result } = await train(paper({ epochs: 1, batch_size: 2, pairing: 'shuffle' }));
  assert.ok(result.ok);
  assert.is(context.recorded.progress.at(-1)!.done, 3);
  assert.is((await readdir(join(context.out, 'samples'))).length, 2);
});

test('no tensor is left behind from one epoch to the next, nor after the end', async () => {
  const { tf } = valueOf(await loadEngine(wasm));
  const before = tf.memory().numTensors;
  const context = await project.context(valueOf(paper({ iterations_per_epoch: 4, sample_every: 1 })).params);
  const counts: number[] = [];
  const result = await implementation.run({ ...context, progress: () => void counts.push(tf.memory().numTensors) });
  assert.ok(result.ok);
  // The pools of three are full from the fourth iteration on.
  assert.equal(counts.slice(4), counts.slice(4).map(() => counts[4]));
  assert.is(tf.memory().numTensors, before);
});

test('NaN in a loss stops training: iteration, term, images and the last good checkpoint are named', async () => {
  await project.spoil('A', 2, NaN);
  const failure = await failing(chapter({ checkpoint_every: '1 iterations' }));
  assert.is(failure.code, 'train-diverged');
  assert.match(failure.message, /at iteration 3 .*cycle_A is NaN.* with a2\.png of A and b2\.png of B/);
  assert.match(failure.hint!, 'the last good checkpoint is that of iteration 2');
  assert.equal((await readdir(project.checkpoints)).filter((name) => name.startsWith('iteration')).sort(), ['iteration-00000001', 'iteration-00000002']);
});

test('weights that are no longer finite never become a checkpoint', async () => {
  const optimizer = { learning_rate: 1e38, beta1: 0.5, beta2: 0.999, epsilon: 1e-7, shared_counter: true };
  const failure = await failing(chapter({ optimizer, checkpoint_every: '1 iterations' }));
  assert.is(failure.code, 'train-diverged');
  for (const name of await readdir(project.checkpoints)) assert.not.match(name, 'unfinished');
});

test('data that cannot be trained on is one clear failure, and leaves nothing', async () => {
  await project.writeData({ a: 0 });
  assert.is((await failing(chapter())).code, 'train-empty-domain');
  await project.writeData({ a: 4, b: 5, widthOfB: 16 });
  const differ = await failing(chapter());
  assert.is(differ.code, 'train-images-differ');
  assert.match(differ.message, 'images of A are 12×12 with 3 channels, images of B 12×16');
  await project.writeData({ a: 4, b: 5 });
  const batch = await failing(chapter({ batch_size: 5 }));
  assert.is(batch.code, 'train-batch-too-large');
  assert.match(batch.message, 'batch_size 5 is more than the images: 4 of A, 5 of B');
  assert.is((await failing(chapter({ augment: { crop: 16, flip: 0 } }))).code, 'train-crop-too-large');
  await project.writeData({ height: 10, width: 12 });
  assert.is((await failing(chapter())).code, 'image-size-not-multiple-of-4');
});

test('arrays of another range than the networks have are refused', async () => {
  await project.writeData({ range: [0, 1] });
  const failure = await failing(chapter());
  assert.is(failure.code, 'stage-inputs');
  assert.match(failure.message, 'arrays in [0, 1]');
});

test('a full disk is said, whatever was being written', async () => {
  if (!existsSync('/dev/full')) return console.log('skipped: this system has no /dev/full');
  const context = await project.context(valueOf(chapter()).params);
  await symlink('/dev/full', join(context.out, 'metrics.jsonl'));
  const failure = failureOf(await implementation.run(context));
  assert.is(failure.code, 'train-disk-full');
  assert.match(failure.hint!, 'continues from the last checkpoint');
});

test('an engine that cannot be loaded is its own failure', async () => {
  process.env['GIVERNY_ENGINE_DIR'] = join(project.folder, 'no-engine');
  try {
    const failure = await failing(chapter(), { engine: { backend: 'tensorflow', version: '2.21.0', device: 'cpu' } });
    assert.match(failure.code, /^engine-/);
  } finally {
    delete process.env['GIVERNY_ENGINE_DIR'];
  }
});

test.run();
