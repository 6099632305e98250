import type { Result } from '../../pipeline/failure.ts';
import type { StageContext, StageImplementation } from '../../pipeline/stage.ts';
import { inThreads, transformImages } from '../image-set/work.ts';
import type { ImageTask } from '../image-set/work.ts';
import { isFlipped } from './coin.ts';
import { flipImage, flipThreads } from './flip-image.ts';
import type { FlipJob } from './flip-image.ts';
import type { FlipParams } from './schema.ts';

export const implementation: StageImplementation<FlipParams> = {
  run: (context) => flipAll(context),
};

/** The images are the same whatever the number of `threads`; 0: none but this one. */
export function flipAll(context: StageContext<FlipParams>, threads?: number): Promise<Result<void>> {
  const { seed, params } = context;
  const jobOf = ({ part, index, file, label, target }: ImageTask): FlipJob => ({
    location: file.location, label, target, isPng: file.name.endsWith('.png'),
    isFlipped: part.split === 'train' && isFlipped(seed, index, params.probability),
  });
  return transformImages(context, (tasks) => inThreads(flipThreads, tasks, jobOf, flipImage, threads));
}
