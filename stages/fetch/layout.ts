/** Which files of the data become which images of the set. Knows paths only (with forward slashes), not where they lie. */
import { ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import { byName, domains, splits } from '../image-set/image-set.ts';
import type { Domain, Split } from '../image-set/image-set.ts';
import { imageSetFailed } from '../image-set/failures.ts';
import { fetchFailed } from './failures.ts';
import type { SplitFolders } from './schema.ts';

export interface Place {
  readonly split: Split;
  readonly domain: Domain;
}

/** One file of the data, and the places of the set to which it goes (two, where two splits name one folder). */
export interface PlacedImage {
  readonly source: string;
  readonly name: string;
  readonly places: readonly Place[];
}

export interface Layout {
  readonly images: readonly PlacedImage[];
  /** Files in the named folders that are no images, or lie deeper. */
  readonly leftOut: readonly string[];
}

const imageExtensions = /\.(jpe?g|png|webp|tiff?|gif|avif)$/i;
/** What file managers leave behind; files whose name begins with a dot are passed over too. */
const litter = /^(__MACOSX|Thumbs\.db|desktop\.ini|@eaDir)$/i;

export const isLitter = (path: string): boolean => path.split('/').some((name) => name.startsWith('.') || litter.test(name));

/** The folders that `splits` names, each once, as plain relative paths. */
export const namedFolders = (mapping: SplitFolders): string[] => [...new Set(placesOf(mapping).map(({ folder }) => folder))];

/**
 * Where the named folders lie: at the top (`''`) or in one of the top folders (`monet2photo/`). Undefined if nowhere.
 * `has` says whether a folder exists.
 */
export function findRoot(mapping: SplitFolders, topFolders: readonly string[], has: (folder: string) => boolean): string | undefined {
  const roots = ['', ...topFolders.map((top) => `${top}/`)];
  return roots.find((root) => namedFolders(mapping).every((folder) => has(root + folder)));
}

/** `folders`: all that the data has, or those near its top. */
export function folderMissing(mapping: SplitFolders, data: string, folders: readonly string[]) {
  const found = folders.length > 0 ? `it has ${listed([...folders].sort(), 8)}` : 'it has no folders';
  return fetchFailed('fetch-folder-missing', `${data} lacks the folders that splits names: ${found}`, {
    expected: `${namedFolders(mapping).join(', ')} (at the top or in one top folder)`,
    hint: 'say which folders hold the images: splits: { train: { A: …, B: … }, test: { A: …, B: … } }',
  });
}

/** Places the files of the data below `root`. Fails where a domain gets no image or a name comes twice. */
export function layOut(mapping: SplitFolders, root: string, paths: readonly string[]): Result<Layout> {
  const places = placesOf(mapping);
  const images: PlacedImage[] = [];
  const leftOut: string[] = [];
  for (const path of paths) {
    const inside = path.startsWith(root) && !isLitter(path.slice(root.length)) ? path.slice(root.length) : '';
    const name = inside.slice(inside.lastIndexOf('/') + 1);
    const folder = inside.slice(0, -name.length - 1);
    const matching = places.filter((place) => place.folder === folder);
    if (name !== '' && matching.length > 0 && imageExtensions.test(name)) images.push({ source: path, name, places: matching });
    else if (places.some((place) => inside.startsWith(`${place.folder}/`)) && name !== '') leftOut.push(path);
  }
  return checked(places, images.sort(byName), leftOut);
}

function checked(places: readonly (Place & { folder: string })[], images: readonly PlacedImage[], leftOut: readonly string[]): Result<Layout> {
  for (const { split, domain, folder } of places) {
    const here = images.filter((image) => image.places.some((place) => place.split === split && place.domain === domain));
    if (here.length === 0) {
      return imageSetFailed('domain-empty', `the folder ${folder} (${split}/${domain}) holds no image`, {
        expected: 'files that end in .jpg, .png, .webp, .tif, .gif or .avif',
      });
    }
    const clash = firstClash(here);
    if (clash) {
      return imageSetFailed('image-names-clash', `the data holds both ${clash[0]} and ${clash[1]}`, {
        expected: 'names that differ also where upper and lower case are the same',
        hint: 'rename one of them',
      });
    }
  }
  return ok({ images, leftOut });
}

/** Two files that some file systems take for one. */
function firstClash(images: readonly PlacedImage[]): readonly [string, string] | undefined {
  const seen = new Map<string, string>();
  for (const { name, source } of images) {
    const folded = name.normalize('NFC').toLowerCase();
    const other = seen.get(folded);
    if (other !== undefined) return [other, source];
    seen.set(folded, source);
  }
  return undefined;
}

function placesOf(mapping: SplitFolders): (Place & { readonly folder: string })[] {
  return splits.flatMap((split) => {
    const folders = mapping[split];
    return folders ? domains.map((domain) => ({ split, domain, folder: plainPath(folders[domain]) })) : [];
  });
}

const plainPath = (path: string) => path.split(/[/\\]/).filter((part) => part !== '' && part !== '.').join('/');

/** `a, b, c and 4 more`. */
export function listed(names: readonly string[], atMost = 5): string {
  const shown = names.slice(0, atMost).join(', ');
  return names.length > atMost ? `${shown} and ${names.length - atMost} more` : shown;
}
