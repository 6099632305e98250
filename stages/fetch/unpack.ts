import { constants, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import type { StageContext } from '../../pipeline/stage.ts';
import { forEachBounded } from '../bounded.ts';
import { makePartFolders, partFolder, writeDescription } from '../image-set/output.ts';
import { splits as splitNames } from '../image-set/image-set.ts';
import type { ImageSetDescription } from '../image-set/image-set.ts';
import { listed, plainPath } from './layout.ts';
import type { Layout, PlacedImage } from './layout.ts';
import { checkPairs } from './pairs.ts';
import type { FetchParams } from './schema.ts';

/** Data whose files are known and checked: a zip or a folder. */
export interface ReadableData {
  readonly layout: Layout;
  copy(image: PlacedImage, target: string): Promise<Result<void>>;
  close(): Promise<void>;
}

/** Writes the data as an image set, the files as they came. */
export async function unpack(context: StageContext<FetchParams>, { layout, copy }: ReadableData): Promise<Result<void>> {
  const { images, leftOut } = layout;
  const pairs = checkPairs(images, context.params.paired.filter((split) => context.params.splits[split]));
  if (!pairs.ok) return pairs;
  const description = descriptionOf(context.params);
  await makePartFolders(context.out, description);
  await writeDescription(context.out, description);
  if (leftOut.length > 0) context.warn(`left out ${leftOut.length} files that are no images or lie deeper: ${listed(leftOut)}`);
  let done = 0;
  return forEachBounded(images, context.stop, async (image) => {
    const [first, ...more] = image.places.map(({ split, domain }) => join(partFolder(context.out, split, domain), image.name));
    const copied = await copy(image, first!);
    if (!copied.ok) return copied;
    for (const target of more) await copyFile(first!, target, constants.COPYFILE_FICLONE);
    context.progress({ done: ++done, total: images.length, unit: 'images', phase: 'unpack' });
    return ok(undefined);
  });
}

function descriptionOf({ splits, paired }: FetchParams): ImageSetDescription {
  const entries = splitNames.flatMap((split) => {
    const folders = splits[split];
    return folders ? [[split, { paired: paired.includes(split), from: { A: plainPath(folders.A), B: plainPath(folders.B) } }]] : [];
  });
  return { format: 'images', splits: Object.fromEntries(entries) as ImageSetDescription['splits'] };
}
