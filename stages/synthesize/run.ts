import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { interrupted, ok, type Result } from '../../pipeline/failure.ts';
import type { StageContext, StageImplementation } from '../../pipeline/stage.ts';
import { makePartFolders, partFolder, writeDescription } from '../image-set/output.ts';
import type { Domain, ImageSetDescription, Split } from '../image-set/image-set.ts';
import { toBytes, type Picture } from '../image/picture.ts';
import { encodePng } from '../image/pixels.ts';
import { randomStream } from '../random.ts';
import type { SynthesizeParams } from './schema.ts';
import { loadTask } from './tasks/index.ts';

interface Drawing {
  readonly split: Split;
  readonly domain: Domain;
  readonly name: string;
  /** Names the scene: drawings of one scene are a pair. Does not depend on how many are drawn. */
  readonly scene: string;
}

export const implementation: StageImplementation<SynthesizeParams> = {
  run: drawAll,
};

async function drawAll(context: StageContext<SynthesizeParams>): Promise<Result<void>> {
  const { params, seed, out } = context;
  const task = await loadTask(params.task);
  const description: ImageSetDescription = {
    format: 'images',
    splits: { train: { paired: params.pairs === 'all' }, ...(params.test > 0 && { test: { paired: true } }) },
  };
  await makePartFolders(out, description);
  const drawn = await drawEach(context, drawingsOf(params), (drawing) => {
    const random = randomStream(seed, `synthesize ${params.task} ${drawing.scene}`);
    return task.draw(random, params.size, drawing.domain);
  });
  if (drawn.ok) await writeDescription(out, description);
  return drawn;
}

/** Draws one after the other; each is written while the next one is drawn. */
async function drawEach(context: StageContext, drawings: readonly Drawing[], draw: (drawing: Drawing) => Picture): Promise<Result<void>> {
  let written = Promise.resolve();
  for (const [done, drawing] of drawings.entries()) {
    if (context.stop.aborted) break;
    context.progress({ done, total: drawings.length, unit: 'images', phase: `${drawing.split} ${drawing.domain}` });
    const picture = draw(drawing);
    await written;
    written = writePng(picture, join(partFolder(context.out, drawing.split, drawing.domain), drawing.name));
    // Its failure is met at the next `await written`, not as an unhandled rejection before.
    written.catch(() => undefined);
    // Drawing never waits for anything by itself: let signals and the progress bar in.
    await nextTurn();
  }
  await written;
  if (context.stop.aborted) return interrupted();
  context.progress({ done: drawings.length, total: drawings.length, unit: 'images' });
  return ok(undefined);
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

async function writePng(picture: Picture, file: string): Promise<void> {
  await writeFile(file, await encodePng({ data: toBytes(picture), height: picture.height, width: picture.width }));
}
