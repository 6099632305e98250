import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { resizeImage, resizeThreads, type ResizeJob } from '../../stages/resize/resize-image.ts';
import { Threads, threadsFor } from '../../stages/threads.ts';
import { noisePng } from './test-images.ts';

const test = suite<{ folder: string }>('threads');
test.before.each(async (context) => { context.folder = await mkdtemp(join(tmpdir(), 'giverny-threads-')); });
test.after.each(({ folder }) => rm(folder, { recursive: true, force: true }));

/** What the runner decides by, and what people read. */
async function refusal(work: Promise<unknown>) {
  const thrown = await work.then(() => new Error('nothing was refused'), (error: NodeJS.ErrnoException) => error);
  const { name, message, code, path }: NodeJS.ErrnoException = thrown;
  return { name, message, code, path };
}

test('what the system refuses a thread has the code and the path that it has without threads', async ({ folder }) => {
  const location = join(folder, 'image.png');
  await writeFile(location, await noisePng(8, 8, 1));
  const threads = new Threads<ResizeJob, unknown>(resizeThreads.script, resizeThreads.name, 2);
  try {
    for (const target of ['one.png', 'two.png', 'three.png'].map((name) => join(folder, 'not-there', name))) {
      const job: ResizeJob = { location, label: 'image.png', target, size: [4, 4] };
      const here = await refusal(resizeImage(job));
      assert.equal([here.code, here.path], ['ENOENT', target]);
      assert.equal(await refusal(threads.run(job)), here);
    }
    const thrown: unknown = await threads.run({ location: join(folder, 'no.png'), label: '', target: '', size: [4, 4] }).catch((error: unknown) => error);
    assert.instance(thrown, Error);
    assert.match((thrown as Error).stack ?? '', /ENOENT.*no\.png/);
  } finally {
    await threads.close();
  }
});

test('no more threads than the scheduler gives, and none for few images', () => {
  const before = process.env['SLURM_CPUS_PER_TASK'];
  try {
    process.env['SLURM_CPUS_PER_TASK'] = '1';
    assert.is(threadsFor(100_000), 0);
    delete process.env['SLURM_CPUS_PER_TASK'];
    assert.is(threadsFor(10), 0);
  } finally {
    if (before === undefined) delete process.env['SLURM_CPUS_PER_TASK'];
    else process.env['SLURM_CPUS_PER_TASK'] = before;
  }
});

test.run();
