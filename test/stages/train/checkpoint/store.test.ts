import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCheckpoints } from '../../../../stages/train/checkpoint/store.ts';
import type { TrainingPosition } from '../../../../stages/train/checkpoint/checkpoint.ts';
import type { TensorSource } from '../../../../stages/train/safetensors.ts';

let folder = '';
test.before.each(async () => void (folder = await mkdtemp(join(tmpdir(), 'giverny-checkpoints-'))));
test.after.each(() => rm(folder, { recursive: true, force: true }));

const position = (iteration: number): TrainingPosition => ({
  iteration, epoch: Math.floor(iteration / 4), lossSums: { cycle_A: 0.1 + iteration / 3 }, epochEnds: [1.5], samples: { 'a.png': 'ff' },
});
const tensors = (iteration: number): TensorSource[] => [{ name: 'w', dtype: 'F32', shape: [2], read: async () => Float32Array.of(iteration, -iteration) }];
const keeping = (keepLast: number) => ({ keepLast, isRegular: () => false });
const never = (line: string) => assert.unreachable(line);

test('the newest at or before an iteration comes back as it was written', async () => {
  const store = await openCheckpoints(folder, keeping(9));
  for (const iteration of [3, 4, 8]) await store.write(position(iteration), tensors(iteration), ['{"epoch":1}', '{"epoch":2}'].slice(0, Math.floor(iteration / 4)));
  assert.is(await store.newest(2, never), undefined);
  for (const [upTo, expected] of [[3, 3], [7, 4], [8, 8], [1e9, 8]] as const) {
    const found = await store.newest(upTo, never);
    assert.equal(found?.position, position(expected));
    assert.equal([...found!.tensors.get('w')!.data], [expected, -expected]);
    assert.is(found?.metrics.length, Math.floor(expected / 4));
  }
});

test('keep_last removes older ones, and none of a longer run', async () => {
  const store = await openCheckpoints(folder, keeping(2));
  for (const iteration of [40, 44]) await store.write(position(iteration), tensors(iteration), []);
  for (const iteration of [4, 8, 12]) await store.write(position(iteration), tensors(iteration), []);
  assert.equal((await readdir(folder)).sort(), ['iteration-00000008', 'iteration-00000012', 'iteration-00000040', 'iteration-00000044']);
});

test('any byte flipped, any file cut or removed: the one before is taken, and the damage named', async () => {
  const store = await openCheckpoints(folder, keeping(3));
  await store.write(position(4), tensors(4), ['{}']);
  await store.write(position(8), tensors(8), ['{}', '{}']);
  const newest = join(folder, 'iteration-00000008');
  for (const name of await readdir(newest)) {
    const file = join(newest, name);
    const whole = await readFile(file);
    const damages = [whole.subarray(0, whole.length - 1), Buffer.alloc(0), undefined, ...Array.from(whole, (_, at) => flipped(whole, at))];
    for (const damage of damages) {
      if (damage) await writeFile(file, damage);
      else await rm(file);
      const warnings: string[] = [];
      const found = await store.newest(8, (line) => warnings.push(line));
      // Where white space between JSON's tokens is cut or flipped to other white space, nothing is lost and nothing refused.
      if (found?.position.iteration === 8) assert.equal(found.position, position(8), name);
      else {
        assert.equal(found?.position, position(4));
        assert.match(warnings.join(), 'the checkpoint of iteration 8 is skipped');
      }
      const iteration = found!.position.iteration;
      assert.equal([...found!.tensors.get('w')!.data], [iteration, -iteration], name);
      assert.equal(found!.metrics, iteration === 8 ? ['{}', '{}'] : ['{}'], name);
      await writeFile(file, whole);
    }
  }
  assert.is((await store.newest(8, never))?.position.iteration, 8);
});

test('what a rollback from beyond its end has made is passed over', async () => {
  const store = await openCheckpoints(folder, keeping(9));
  await store.write(position(4), tensors(4), []);
  await store.write({ ...position(8), rollbacks: [{ iteration: 11, term: 'cycle_A', to: 4 }] }, tensors(8), []);
  for (const [end, expected] of [[8, 4], [10, 4], [11, 8], [12, 8]] as const) assert.is((await store.newest(end, never))?.position.iteration, expected);
});

test('a damaged checkpoint is replaced when its iteration comes again', async () => {
  const store = await openCheckpoints(folder, keeping(2));
  await store.write(position(4), tensors(4), []);
  await writeFile(join(folder, 'iteration-00000004', 'state.safetensors'), 'no');
  await store.write(position(4), tensors(4), []);
  assert.is((await store.newest(4, never))?.position.iteration, 4);
  assert.equal(await readdir(folder), ['iteration-00000004']);
});

test('writers of the same iteration at once leave one whole checkpoint', async () => {
  const stores = await Promise.all(Array.from({ length: 6 }, () => openCheckpoints(folder, keeping(2))));
  await Promise.all(stores.flatMap((store) => [4, 8].map((iteration) => store.write(position(iteration), tensors(iteration), []))));
  for (const iteration of [4, 8]) assert.is((await stores[0]!.newest(iteration, never))?.position.iteration, iteration);
  assert.equal((await readdir(folder)).sort(), ['iteration-00000004', 'iteration-00000008']);
});

test('what a dead process left unfinished is removed, what a living one writes is not', async () => {
  const dead = join(folder, 'iteration-00000004.unfinished-4194304-0a');
  const living = join(folder, `iteration-00000004.unfinished-${process.ppid}-0a`);
  await mkdir(dead);
  await mkdir(living);
  const models = join(folder, 'models', 'epoch-0001');
  await mkdir(models, { recursive: true });
  for (const name of ['weights.bin', 'weights.bin.unfinished-4194304-0a', `model.json.unfinished-${process.ppid}-0a`]) await writeFile(join(models, name), '');
  const store = await openCheckpoints(folder, keeping(2));
  assert.is(await store.newest(9, never), undefined);
  assert.equal(await readdir(folder), [`iteration-00000004.unfinished-${process.ppid}-0a`, 'models']);
  assert.equal((await readdir(models)).sort(), [`model.json.unfinished-${process.ppid}-0a`, 'weights.bin']);
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = copy[at]! ^ 0x01;
  return copy;
}

test.run();
