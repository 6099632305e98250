// What a training that is asked to stop still does: finish the step it is in, and keep what it has trained.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { implementation } from '../../../stages/train/run.ts';
import { TinyProject, chapter, failureOf, valueOf } from './tiny-training.ts';

let project: TinyProject;
test.before.each(async () => {
  project = await TinyProject.create();
  await project.writeData();
});
test.after.each(() => project.remove());

const { params } = valueOf(chapter({ checkpoint_every: 10, samples: 0 }));

test('asked before it has begun, it trains nothing and writes no checkpoint', async () => {
  const context = await project.context(params);
  assert.is(failureOf(await implementation.run({ ...context, stop: AbortSignal.abort() })).code, 'interrupted');
  assert.is(context.recorded.iterations, 0);
  assert.equal(existsSync(project.checkpoints) ? await readdir(project.checkpoints) : [], []);
});

test('asked while a step runs, no other begins; continued and asked again at once, nothing is written twice', async () => {
  const stop = new AbortController();
  const context = await project.context(params);
  // A message that came while a native call blocked the process is read in the next turn of its event loop.
  const progress: typeof context.progress = (told) => {
    context.progress(told);
    if (told.done === 2) setImmediate(() => stop.abort());
  };
  assert.is(failureOf(await implementation.run({ ...context, progress, stop: stop.signal })).code, 'interrupted');
  assert.is(context.recorded.iterations, 2);
  assert.equal(await readdir(project.checkpoints), ['iteration-00000002']);
  const again = await project.context(params);
  assert.is(failureOf(await implementation.run({ ...again, stop: AbortSignal.abort() })).code, 'interrupted');
  assert.is(again.recorded.iterations, 0);
  assert.equal(await readdir(project.checkpoints), ['iteration-00000002']);
});

test('asked in the last step, it ends as if nobody had asked', async () => {
  const context = await project.context(params, { stopAfter: 12 });
  assert.ok((await implementation.run(context)).ok);
  assert.is(context.recorded.iterations, 12);
});

test.run();
