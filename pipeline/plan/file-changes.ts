/** Which files of a folder, or of a stage's outputs, are not what they were. */
import type { ListedFile } from './digest.ts';

/** Paths, each list sorted. */
export interface FileChanges {
  readonly changed: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** How many files there are on either side, and how many of those are images. */
  readonly files: number;
  readonly images: number;
}

/** Linear in the number of files, but for sorting those that differ. */
export function fileChanges(before: readonly ListedFile[], after: readonly ListedFile[]): FileChanges {
  const earlier = new Map(before.map((file) => [file.path, file.digest]));
  const [changed, added] = [new Array<string>(), new Array<string>()];
  for (const { path, digest } of after) {
    const was = earlier.get(path);
    if (was === undefined) added.push(path);
    else if (was !== digest) changed.push(path);
    earlier.delete(path);
  }
  const removed = [...earlier.keys()];
  const images = after.filter(({ path }) => isImage(path)).length + removed.filter(isImage).length;
  return { changed: changed.sort(), added: added.sort(), removed: removed.sort(), files: after.length + removed.length, images };
}

const isImage = (path: string): boolean => /\.(jpe?g|png|webp|gif|bmp|tiff?|avif)$/i.test(path);

const namedAtMost = 3;

/** `3 of 1,067 images changed (from resize): train/A/1.png, …`. `which` says of what they are. */
export function sayFileChanges(changes: FileChanges, which: string): string {
  const images = only(changes, isImage);
  const others = only(changes, (path) => !isImage(path));
  if (countOf(images) === 0) return sayGroup(changes, 'file', changes.files, which);
  const said = sayGroup(images, 'image', changes.images, which);
  const more = countOf(others);
  return more === 0 ? said : `${said}, and ${counted(more)} other ${plural('file', more)}: ${named(others)}`;
}

type Differing = Pick<FileChanges, 'changed' | 'added' | 'removed'>;

function sayGroup(group: Differing, noun: string, total: number, which: string): string {
  const kinds = (['changed', 'added', 'removed'] as const).filter((kind) => group[kind].length > 0);
  const counts = kinds.map((kind) => `${counted(group[kind].length)} ${kind}`).join(', ');
  const [verb, detail] = kinds.length === 1 ? [kinds[0]!, which] : ['differ', `${which}: ${counts}`];
  return `${counted(countOf(group))} of ${counted(total)} ${plural(noun, total)} ${verb} (${detail}): ${named(group)}`;
}

const only = ({ changed, added, removed }: Differing, isMeant: (path: string) => boolean): Differing =>
  ({ changed: changed.filter(isMeant), added: added.filter(isMeant), removed: removed.filter(isMeant) });

const countOf = ({ changed, added, removed }: Differing): number => changed.length + added.length + removed.length;

function named({ changed, added, removed }: Differing): string {
  const paths = [...changed, ...added, ...removed];
  return paths.slice(0, namedAtMost).join(', ') + (paths.length > namedAtMost ? ', …' : '');
}

const counted = (count: number): string => count.toLocaleString('en-US');

const plural = (noun: string, count: number): string => (count === 1 ? noun : `${noun}s`);
