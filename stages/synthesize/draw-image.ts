/** Drawing one image: what the stage does here or in threads. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { toBytes } from '../image/picture.ts';
import type { Pixels } from '../image/pixels.ts';
import type { Domain } from '../image-set/image-set.ts';
import { randomStream } from '../random.ts';
import { serveThreads } from '../threads.ts';
import { loadTask, type TaskName } from './tasks/index.ts';

export interface DrawJob {
  readonly task: TaskName;
  readonly seed: number;
  /** Pixels a side. */
  readonly size: number;
  readonly domain: Domain;
  /** Names the scene: drawings of one scene are a pair. Does not depend on how many are drawn. */
  readonly scene: string;
}

/** The drawing has a random stream of its own, so that it is the same wherever and whenever it is drawn. */
export async function drawImage({ task, seed, size, domain, scene }: DrawJob): Promise<Pixels> {
  const { draw } = await loadTask(task);
  // Drawing never waits for anything by itself: let signals and the progress bar in.
  await nextTurn();
  const picture = draw(randomStream(seed, `synthesize ${task} ${scene}`), size, domain);
  return { data: toBytes(picture), height: picture.height, width: picture.width };
}

export const drawThreads = { script: import.meta.url, name: 'synthesize' } as const;

serveThreads(drawThreads.name, drawImage);
