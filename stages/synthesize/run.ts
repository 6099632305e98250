import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { interrupted, ok } from '../../pipeline/failure.ts';
import type { StageContext, StageImplementation } from '../../pipeline/stage.ts';
import { makePartFolders, partFolder, writeDescription } from '../image-set-output.ts';
import type { Domain, ImageSetDescription, Split } from '../image-set.ts';
import { toBytes, type Picture } from '../picture.ts';
import { randomStream } from '../random.ts';
import type { SynthesizeParams } from './schema.ts';
import { loadTask } from './tasks/index.ts';

interface Drawing {
  readonly split: Split;
  readonly domain: Domain;
  readonly index: number;
  /** Names the scene: drawings of one scene are a pair. Does not depend on how many are drawn. */
  readonly scene: string;
}

export const implementation: StageImplementation<SynthesizeParams> = {
  async run(context) {
    const { params, seed, out } = context;
    const task = await loadTask(params.task);
    const description: ImageSetDescription = {
      format: 'images',
      splits: { train: { paired: false }, ...(params.test > 0 && { test: { paired: true } }) },
    };
    await makePartFolders(out, description);
    const drawings = drawingsOf(params);
    let written = Promise.resolve();
    for (const [done, drawing] of drawings.entries()) {
      if (context.stop.aborted) {
        await written;
        return interrupted();
      }
      report(context, done, drawings.length, drawing);
      const random = randomStream(seed, `synthesize ${params.task} ${drawing.scene}`);
      const file = join(partFolder(out, drawing.split, drawing.domain), `${String(drawing.index).padStart(4, '0')}.png`);
      const picture = task.draw(random, params.size, drawing.domain);
      await written;
      // Written while the next one is drawn.
      written = writePng(picture, file);
      // Its failure is met at the next `await written`, not as an unhandled rejection before.
      written.catch(() => undefined);
      // Drawing never waits for anything by itself: let signals and the progress bar in.
      await nextTurn();
    }
    await written;
    context.progress({ done: drawings.length, total: drawings.length, unit: 'images' });
    await writeDescription(out, description);
    return ok(undefined);
  },
};

/** Unpaired for training: A and B show different scenes. Paired for the test. */
function drawingsOf({ train, test }: SynthesizeParams): Drawing[] {
  const part = (split: Split, domain: Domain, count: number) =>
    Array.from({ length: count }, (_, index) => ({ split, domain, index, scene: split === 'test' ? `test ${index}` : `train ${domain} ${index}` }));
  return [part('train', 'A', train), part('train', 'B', train), part('test', 'A', test), part('test', 'B', test)].flat();
}

function report(context: StageContext<SynthesizeParams>, done: number, total: number, { split, domain }: Drawing): void {
  context.progress({ done, total, unit: 'images', phase: `${split}${domain}` });
}

async function writePng(picture: Picture, file: string): Promise<void> {
  const { default: sharp } = await import('sharp');
  const raw = { width: picture.width, height: picture.height, channels: 3 as const };
  await sharp(toBytes(picture), { raw }).png().toFile(file);
}
