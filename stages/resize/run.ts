import type { Result } from '../../pipeline/failure.ts';
import type { StageContext, StageImplementation } from '../../pipeline/stage.ts';
import { transformImages } from '../image-set/work.ts';
import type { BegunWork, ImageTask } from '../image-set/work.ts';
import type { Oddity } from '../image/pixels.ts';
import { loadSharp } from '../image/sharp.ts';
import { Threads, threadsFor } from '../threads.ts';
import { resizeImage, resizeThreads } from './resize-image.ts';
import type { ResizeJob } from './resize-image.ts';
import type { ResizeParams } from './schema.ts';

export const implementation: StageImplementation<ResizeParams> = {
  run: (context) => resizeAll(context),
};

/** The images are the same whatever the number of `threads`; 0: none but this one. */
export function resizeAll(context: StageContext<ResizeParams>, threads?: number): Promise<Result<void>> {
  return transformImages(context, (images) => beginResizing(context.params, threads ?? threadsFor(images)));
}

async function beginResizing({ size }: ResizeParams, count: number): Promise<BegunWork> {
  const jobOf = ({ file, label, target }: ImageTask): ResizeJob => ({ location: file.location, label, target, size });
  if (count === 0) return { work: (task) => resizeImage(jobOf(task)) };
  // On glibc a thread can only load sharp, for images that are not plain, after this one has.
  await loadSharp();
  const threads = new Threads<ResizeJob, Result<readonly Oddity[]>>(resizeThreads.script, resizeThreads.name, count);
  return { work: (task) => threads.run(jobOf(task)), atOnce: threads.atOnce, end: () => threads.close() };
}
