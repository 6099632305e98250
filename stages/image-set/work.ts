/** Work on the images of a set: bounded, stoppable, with progress. */
import { join } from 'node:path';
import { ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import type { StageContext, StageInput } from '../../pipeline/stage.ts';
import { forEachBounded } from '../bounded.ts';
import { imageSetFailed } from './failures.ts';
import { readImageSet } from './input.ts';
import type { ImageFile, ImageSet, ImageSetPart } from './input.ts';
import { makePartFolders, partFolder, writeDescription } from './output.ts';
import { derivedDescription, stemOf } from './image-set.ts';
import { Oddities } from '../image/oddities.ts';
import type { Oddity } from '../image/pixels.ts';
import { loadSharp } from '../image/sharp.ts';
import { manyAMessage, Threads, threadsFor } from '../threads.ts';

/** One image of a set on its way through a stage. */
export interface ImageTask {
  readonly part: ImageSetPart;
  /** Its place within the part, from 0. */
  readonly index: number;
  readonly file: ImageFile;
  /** For people: see {@link labelOf}. */
  readonly label: string;
  /** Where the PNG that takes its place is to be written. */
  readonly target: string;
}

/** What a stage does to one image: writes its `target`, and says what was odd about it. */
export type ImageWork = (task: ImageTask) => Promise<Result<readonly Oddity[]>>;

/**
 * Makes an image set from another, image by image, `atOnce` at a time: PNG under the same stem, the same splits. `begin` is
 * asked for the work once it is known which images there are. Fails where a domain is empty, two images have one stem, or
 * the work fails (always with the first such image of the set, whatever ran first).
 */
export async function transformImages(context: StageContext, begin: (tasks: readonly ImageTask[]) => Promise<BegunWork> | BegunWork): Promise<Result<void>> {
  const set = await readFilledImageSet(onlyInput(context));
  if (!set.ok) return set;
  const names = checkStems(set.value);
  if (!names.ok) return names;
  await makePartFolders(context.out, set.value.description);
  await writeDescription(context.out, derivedDescription(set.value.description));
  const tasks = tasksOf(set.value, context.out);
  const begun = await begin(tasks);
  try {
    return await eachImage(context, tasks, begun);
  } finally {
    await begun.end?.();
  }
}

export interface BegunWork {
  readonly work: ImageWork;
  /** Absent: as many as there are cores. */
  readonly atOnce?: number;
  end?(): Promise<void>;
}

/** Work on `tasks` that module `served` does, in `count` threads of it; 0: here, by `work`. */
export async function inThreads<J>(served: { readonly script: string; readonly name: string }, tasks: readonly ImageTask[], jobOf: (task: ImageTask) => J, work: (job: J) => Promise<Result<readonly Oddity[]>>, count = threadsFor(tasks.length)): Promise<BegunWork> {
  if (count === 0) return { work: (task) => work(jobOf(task)) };
  // On glibc a thread can only load sharp, for images that are not plain, after this one has.
  await loadSharp();
  const threads = new Threads<J, Result<readonly Oddity[]>>(served.script, served.name, count, areSmall(tasks) ? manyAMessage : 1);
  return { work: (task) => threads.run(jobOf(task)), atOnce: threads.atOnce, end: () => threads.close() };
}

/** Of large ones each takes its time anyhow, and who stops a stage waits for all that are under way. */
const areSmall = (tasks: readonly ImageTask[]): boolean => tasks.reduce((sum, { file }) => sum + file.bytes, 0) < tasks.length * 64 * 1024;

/** The image set of a stage's input; fails with `domain-empty` where a domain of it has no image. */
export async function readFilledImageSet(input: StageInput): Promise<Result<ImageSet>> {
  const set = await readImageSet(input);
  if (!set.ok) return set;
  const empty = set.value.parts.find((part) => part.files.length === 0);
  return empty ? imageSetFailed('domain-empty', `stage ${input.stage} made no image in ${empty.split}/${empty.domain}`) : set;
}

/** The one stage that a stage with `inputs: { min: 1, max: 1 }` reads. */
export function onlyInput(context: StageContext): StageInput {
  const [input] = context.inputs;
  if (!input) throw new Error(`stage ${context.stage} was started without the stage that it reads`);
  return input;
}

export const pngName = (name: string): string => `${stemOf(name)}.png`;

async function eachImage(context: StageContext, tasks: readonly ImageTask[], { work, atOnce }: BegunWork): Promise<Result<void>> {
  const oddities = new Oddities();
  let done = 0;
  const result = await forEachBounded(tasks, context.stop, async (task) => {
    const made = await work(task);
    if (!made.ok) return made;
    oddities.note(task.label, made.value);
    context.progress({ done: ++done, total: tasks.length, unit: 'images', phase: `${task.part.split} ${task.part.domain}` });
    return ok(undefined);
  }, atOnce);
  oddities.tell(context);
  return result;
}

const tasksOf = (set: ImageSet, out: string): ImageTask[] =>
  set.parts.flatMap((part) =>
    part.files.map((file, index) => ({
      part, index, file, label: labelOf(part, file.name), target: join(partFolder(out, part.split, part.domain), pngName(file.name)),
    })),
  );

/** What people call an image: `testA/00001.jpg (test/A)` where it is the user's own file, else `test/A/00001.png`. */
export const labelOf = ({ split, domain, from }: Pick<ImageSetPart, 'split' | 'domain' | 'from'>, name: string): string =>
  from === undefined ? `${split}/${domain}/${name}` : `${from}/${name} (${split}/${domain})`;

function checkStems(set: ImageSet): Result<void> {
  for (const part of set.parts) {
    const seen = new Map<string, string>();
    for (const { name } of part.files) {
      const other = seen.get(pngName(name));
      if (other) {
        return imageSetFailed('image-names-clash', `${labelOf(part, other)} and ${labelOf(part, name)} would both become ${pngName(name)}`, {
          hint: 'rename one of them',
        });
      }
      seen.set(pngName(name), name);
    }
  }
  return ok(undefined);
}
