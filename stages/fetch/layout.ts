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

/** What is known of the folders of some data: those at its top, and whether there is one of a certain path. */
export interface Folders {
  readonly top: readonly string[];
  has(folder: string): boolean;
}

/**
 * Where the named folders lie: at the top (`''`) or in the one top folder that has them (`monet2photo/`). Undefined if
 * nowhere, or in more than one: see {@link rootFailure}.
 */
export function findRoot(mapping: SplitFolders, folders: Folders): string | undefined {
  const roots = wholeRoots(mapping, folders);
  return roots[0] === '' || roots.length === 1 ? roots[0] : undefined;
}

const rootsOf = ({ top }: Folders): string[] => ['', ...top.map((folder) => `${folder}/`)];

const lackedBy = (mapping: SplitFolders, root: string, folders: Folders): string[] =>
  namedFolders(mapping).filter((folder) => !folders.has(root + folder));

const wholeRoots = (mapping: SplitFolders, folders: Folders): string[] =>
  rootsOf(folders).filter((root) => lackedBy(mapping, root, folders).length === 0);

/** Why {@link findRoot} found nothing. `near`: the folders that the data has, or those near its top. */
export function rootFailure(mapping: SplitFolders, data: string, folders: Folders, near: readonly string[]) {
  const several = wholeRoots(mapping, folders).map((root) => root.slice(0, -1));
  if (several.length > 1) return severalSets(mapping, data, several);
  const lacks = rootsOf(folders).map((root) => ({ root, lacked: lackedBy(mapping, root, folders) }));
  const best = lacks.reduce((one, other) => (other.lacked.length < one.lacked.length ? other : one));
  const partly = best.lacked.length < namedFolders(mapping).length;
  const found = near.length > 0 ? `it has ${listed([...near].sort(), 8)}` : 'it has no folders';
  const lacking = partly ? `there is no ${best.lacked.map((folder) => best.root + folder).join(' and no ')} in ${data}` : `${data} lacks the folders that splits names`;
  return fetchFailed('fetch-folder-missing', `${lacking}: ${found}`, {
    expected: `${namedFolders(mapping).join(', ')} (at the top or in one top folder)`,
    hint: 'say which folders hold the images: splits: { train: { A: …, B: … }, test: { A: …, B: … } }',
  });
}

function severalSets(mapping: SplitFolders, data: string, tops: readonly string[]) {
  const example = `${tops[0]}/${namedFolders(mapping)[0]}`;
  return fetchFailed('fetch-folders-ambiguous', `${data} holds ${tops.length} data sets: ${listed(tops)} each have the folders that splits names`, {
    expected: 'the folders at the top or in one top folder',
    hint: `say which one is meant by its path: splits: { train: { A: ${example}, B: … }, … }`,
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

export const plainPath = (path: string) => path.split(/[/\\]/).filter((part) => part !== '' && part !== '.').join('/');

/** `a, b, c and 4 more`. */
export function listed(names: readonly string[], atMost = 5): string {
  const shown = names.slice(0, atMost).join(', ');
  return names.length > atMost ? `${shown} and ${names.length - atMost} more` : shown;
}
