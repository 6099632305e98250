import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingPosition } from '../../../../stages/train/checkpoint/checkpoint.ts';
import { openCheckpoints } from '../../../../stages/train/checkpoint/store.ts';
import { KeptFiles } from '../../../../stages/train/kept-files.ts';
import type { TensorSource } from '../../../../stages/train/safetensors.ts';
import { stopFileCalls } from './stop-file-calls.ts';

const keeping = { keepLast: 1, isRegular: () => false };
const position = (iteration: number): TrainingPosition => ({ iteration, epoch: iteration, lossSums: {}, epochEnds: [], samples: {} });
const tensors = (iteration: number): TensorSource[] => ['a', 'b'].map((name) => ({ name, dtype: 'F32', shape: [3], read: async () => Float32Array.of(iteration, 0, 1) }));

async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'giverny-kill-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Does `work` until it is cut off before file-system call `last`; whether it was. */
async function cutOff(folder: string, last: number, work: () => Promise<unknown>): Promise<boolean> {
  let told: (value: 'stopped') => void = () => undefined;
  const stopped = new Promise<'stopped'>((resolve) => void (told = resolve));
  const calls = await stopFileCalls(folder, last, () => told('stopped'));
  try {
    return (await Promise.race([stopped, work()])) === 'stopped';
  } finally {
    await calls.restore();
  }
}

test('killed before any file-system call of writing a checkpoint, or in a write, a whole one is found: the old or the new', async () => {
  const found = new Set<number | undefined>();
  let last = 0;
  for (let isCutOff = true; isCutOff; ) {
    last += 1;
    isCutOff = await inTemporaryFolder(async (folder) => {
      await (await openCheckpoints(folder, keeping)).write(position(4), tensors(4), ['{"epoch":1}']);
      const second = await openCheckpoints(folder, keeping);
      const cut = await cutOff(folder, last, () => second.write(position(8), tensors(8), ['{"epoch":1}', '{"epoch":2}']));
      const damaged: string[] = [];
      const newest = await (await openCheckpoints(folder, keeping)).newest(100, (line) => damaged.push(line));
      assert.equal(damaged, [], `cut off before call ${last}`);
      const iteration = newest!.position.iteration;
      assert.ok(iteration === 4 || iteration === 8, `cut off before call ${last}`);
      assert.equal([...newest!.tensors.get('b')!.data], [iteration, 0, 1]);
      assert.is(newest!.metrics.length, iteration / 4);
      found.add(iteration);
      return cut;
    });
  }
  assert.equal([...found], [4, 8]);
  assert.ok(last > 20, `${last} calls`);
});

test('killed while a kept file is written again, it is there whole or known to be another', async () => {
  const file = (text: string) => [{ path: 'epoch-0001/x', content: Buffer.from(text) }];
  const found = new Set<string | undefined>();
  let last = 0;
  for (let isCutOff = true; isCutOff; ) {
    last += 1;
    isCutOff = await inTemporaryFolder(async (folder) => {
      const kept = new KeptFiles(folder);
      await kept.put(file('the old'));
      const { digests } = kept;
      const cut = await cutOff(folder, last, () => kept.put(file('the newer')));
      found.add((await new KeptFiles(folder, digests).get(['epoch-0001/x']))?.map(({ content }) => String(content)).join());
      return cut;
    });
  }
  assert.equal([...found], ['the old', undefined]);
});

test.run();
