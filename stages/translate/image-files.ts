/** Which images are translated, and under what names. */
import { basename, extname, join } from 'node:path';
import { ok, type Result } from '../../pipeline/failure.ts';
import type { StageContext } from '../../pipeline/stage.ts';
import { translateFailed } from './failures.ts';
import type { TranslateParams } from './schema.ts';

export interface ImageFile {
  /** Absolute. */
  readonly from: string;
  /** Relative to the outputs' folder, with forward slashes. */
  readonly to: string;
  /** What failures call it. */
  readonly shown: string;
}

/** What is taken from a folder; a file that is named is tried whatever its name. */
const images = new Set(['.jpg', '.jpeg', '.png', '.webp', '.tif', '.tiff', '.avif', '.gif', '.bmp', '.svg']);
/** What is written as it was read; the others become PNG. */
const written = new Set(['.jpg', '.jpeg', '.png', '.webp', '.tif', '.tiff', '.avif']);

/** Files keep their names, and those of a folder their places below it. Fails with `translate-no-images`, or `translate-names-clash`. */
export function listImages({ params, outside = [] }: Pick<StageContext<TranslateParams>, 'params' | 'outside'>): Result<readonly ImageFile[]> {
  const files = params.images.flatMap((path, index) => {
    const below = outside.find(({ name }) => name === `images.${index}`)?.files;
    return below === undefined ? [imageFile(path, basename(path), params.folder)] : below.flatMap((file) => (isImage(file.path) ? [imageFile(join(path, file.path), file.path, params.folder)] : []));
  });
  if (files.length === 0) return translateFailed('translate-no-images', `there are no images in ${params.images.join(', ')}`, { expected: `files that end in ${[...images].join(' ')}` });
  const targets = new Map<string, ImageFile>();
  for (const file of files) {
    const other = targets.get(file.to);
    if (other !== undefined) return translateFailed('translate-names-clash', `${other.shown} and ${file.shown} would both become ${file.to}`, { hint: 'rename one, or translate them apart' });
    targets.set(file.to, file);
  }
  return ok(files);
}

const isImage = (path: string): boolean => images.has(extname(path).toLowerCase()) && !basename(path).startsWith('.');

const imageFile = (from: string, below: string, folder: string): ImageFile => ({ from, to: `${folder}/${translatedName(below)}`, shown: from });

function translatedName(name: string): string {
  const extension = extname(name);
  return written.has(extension.toLowerCase()) ? name : `${name.slice(0, name.length - extension.length)}.png`;
}
