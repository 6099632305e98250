import type { Result } from '../../pipeline/failure.ts';
import type { StageContext, StageImplementation } from '../../pipeline/stage.ts';
import { inThreads, transformImages } from '../image-set/work.ts';
import type { ImageTask } from '../image-set/work.ts';
import { resizeImage, resizeThreads } from './resize-image.ts';
import type { ResizeJob } from './resize-image.ts';
import type { ResizeParams } from './schema.ts';

export const implementation: StageImplementation<ResizeParams> = {
  run: (context) => resizeAll(context),
};

/** The images are the same whatever the number of `threads`; 0: none but this one. */
export function resizeAll(context: StageContext<ResizeParams>, threads?: number): Promise<Result<void>> {
  const { size } = context.params;
  const jobOf = ({ file, label, target }: ImageTask): ResizeJob => ({ location: file.location, label, target, size });
  return transformImages(context, (tasks) => inThreads(resizeThreads, tasks, jobOf, resizeImage, threads));
}
