import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, type Result } from '../../pipeline/failure.ts';
import type { StageContext, StageImplementation } from '../../pipeline/stage.ts';
import { forEachBounded } from '../bounded.ts';
import { makePartFolders, partFolder, writeDescription } from '../image-set/output.ts';
import type { Domain, ImageSetDescription, Split } from '../image-set/image-set.ts';
import { encodePng, type Pixels } from '../image/pixels.ts';
import { Threads, threadsFor } from '../threads.ts';
import { drawImage, drawThreads, type DrawJob } from './draw-image.ts';
import type { SynthesizeParams } from './schema.ts';

interface Drawing {
  readonly split: Split;
  readonly domain: Domain;
  readonly name: string;
  /** See {@link DrawJob}. */
  readonly scene: string;
}

export const implementation: StageImplementation<SynthesizeParams> = {
  run: (context) => drawAll(context),
};

/** The images are the same whatever the number of `threads`; 0: none but this one. */
export async function drawAll(context: StageContext<SynthesizeParams>, threads?: number): Promise<Result<void>> {
  const { params, out } = context;
  const drawings = drawingsOf(params);
  const description: ImageSetDescription = {
    format: 'images',
    splits: { train: { paired: params.pairs === 'all' }, ...(params.test > 0 && { test: { paired: true } }) },
  };
  await makePartFolders(out, description);
  const drawn = await drawEach(context, drawings, threads ?? threadsFor(drawings.length));
  if (drawn.ok) await writeDescription(out, description);
  return drawn;
}

/** Some are encoded and written while others are drawn. */
async function drawEach(context: StageContext<SynthesizeParams>, drawings: readonly Drawing[], count: number): Promise<Result<void>> {
  const threads = count === 0 ? undefined : new Threads<DrawJob, Pixels>(drawThreads.script, drawThreads.name, count);
  const { params: { task, size }, seed } = context;
  let done = 0;
  try {
    return await forEachBounded(drawings, context.stop, async ({ split, domain, name, scene }) => {
      const job: DrawJob = { task, seed, size, domain, scene };
      const pixels = await (threads?.run(job) ?? drawImage(job));
      await writeFile(join(partFolder(context.out, split, domain), name), await encodePng(pixels));
      context.progress({ done: ++done, total: drawings.length, unit: 'images', phase: `${split} ${domain}` });
      return ok(undefined);
    }, threads?.atOnce);
  } finally {
    await threads?.close();
  }
}

/** Paired for the test. For training A and B show different scenes, unless all are to be pairs: then those of A. */
function drawingsOf({ train, test, pairs }: SynthesizeParams): Drawing[] {
  const sceneOf = (split: Split, domain: Domain) => (split === 'test' ? 'test' : `train ${pairs === 'all' ? 'A' : domain}`);
  const part = (split: Split, domain: Domain, count: number) =>
    Array.from({ length: count }, (_, index) => ({
      split,
      domain,
      name: `${String(index).padStart(4, '0')}.png`,
      scene: `${sceneOf(split, domain)} ${index}`,
    }));
  return [part('train', 'A', train), part('train', 'B', train), part('test', 'A', test), part('test', 'B', test)].flat();
}
