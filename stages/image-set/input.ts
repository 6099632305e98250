/** Reading an image set from what another stage made. */
import { readFile } from 'node:fs/promises';
import { failed, ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import type { StageInput } from '../../pipeline/stage.ts';
import { byName, descriptionFile, domains, splits } from './image-set.ts';
import type { Domain, ImageSetDescription, Split } from './image-set.ts';

export interface ImageFile {
  /** The file name alone, with its extension. */
  readonly name: string;
  /** Where its content lies on disk; the name there means nothing. */
  readonly location: string;
  readonly bytes: number;
}

/** The images of one split and domain, sorted {@link byName}. */
export interface ImageSetPart {
  readonly split: Split;
  readonly domain: Domain;
  /** The folder of the user's data from which its files came as they are, where the set says so. */
  readonly from?: string;
  readonly files: readonly ImageFile[];
}

export interface ImageSet {
  readonly description: ImageSetDescription;
  /** Those that the set has, train before test, A before B; each may be empty. */
  readonly parts: readonly ImageSetPart[];
}

/** The array of one split and domain. */
export interface ArraySetPart {
  readonly split: Split;
  readonly domain: Domain;
  /** Where its .npy lies on disk: float32 `[images, height, width, channels]`. */
  readonly location: string;
  /** The images' file names, in the array's order. */
  readonly names: readonly string[];
}

export interface ArraySet {
  readonly description: ImageSetDescription;
  readonly parts: readonly ArraySetPart[];
}

/** Whether a stage's outputs are an image set, as images or as arrays. */
export const isImageSet = (input: StageInput): boolean => input.files.some((file) => file.path === descriptionFile);

/** The files of an image set. Fails with `stage-inputs` where the input is none, or holds arrays. */
export async function readImageSet(input: StageInput): Promise<Result<ImageSet>> {
  const description = await readDescription(input, 'images');
  if (!description.ok) return description;
  const parts = partsOf(description.value).map(({ split, domain }) => {
    const from = description.value.splits[split]?.from?.[domain];
    return { split, domain, ...(from !== undefined && { from }), files: filesOf(input, split, domain) };
  });
  return ok({ description: description.value, parts });
}

/** The arrays of an image set that normalize made. Fails with `stage-inputs` where the input is none, or holds images. */
export async function readArraySet(input: StageInput): Promise<Result<ArraySet>> {
  const description = await readDescription(input, 'arrays');
  if (!description.ok) return description;
  const parts: ArraySetPart[] = [];
  for (const { split, domain } of partsOf(description.value)) {
    const names = await readJson(input, `${split}/${domain}.json`);
    const has = input.files.some((file) => file.path === `${split}/${domain}.npy`);
    if (!has || !isNames(names)) return unfit(input, `it lacks ${split}/${domain}.npy, or its names in ${split}/${domain}.json`);
    parts.push({ split, domain, location: input.locate(`${split}/${domain}.npy`), names });
  }
  return ok({ description: description.value, parts });
}

/** One part of a set, if the set has it. */
export const partOf = <P extends { readonly split: Split; readonly domain: Domain }>(parts: readonly P[], split: Split, domain: Domain): P | undefined =>
  parts.find((part) => part.split === split && part.domain === domain);

async function readDescription(input: StageInput, format: ImageSetDescription['format']): Promise<Result<ImageSetDescription>> {
  if (!isImageSet(input)) return unfit(input, `it has no ${descriptionFile}`);
  const description = await readJson(input, descriptionFile);
  if (!isDescription(description)) return unfit(input, `its ${descriptionFile} does not say format, splits and range`);
  if (description.format === format) return ok(description);
  return format === 'images'
    ? unfit(input, 'it holds arrays already; read from a stage before normalize')
    : unfit(input, 'it holds images; put normalize between');
}

function unfit(input: StageInput, why: string) {
  return failed('stage-inputs', `stage ${input.stage} does not make the image set that is read from it: ${why}`, {
    expected: 'a stage such as fetch, synthesize, resize, flip or normalize',
  });
}

const partsOf = (description: ImageSetDescription) =>
  splits.filter((split) => description.splits[split]).flatMap((split) => domains.map((domain) => ({ split, domain })));

function filesOf(input: StageInput, split: Split, domain: Domain): ImageFile[] {
  const folder = `${split}/${domain}/`;
  return input.files
    .filter((file) => file.path.startsWith(folder) && !file.path.includes('/', folder.length))
    .map((file) => ({ name: file.path.slice(folder.length), location: input.locate(file.path), bytes: file.bytes }))
    .sort(byName);
}

async function readJson(input: StageInput, path: string): Promise<unknown> {
  if (!input.files.some((file) => file.path === path)) return undefined;
  try {
    return JSON.parse(await readFile(input.locate(path), 'utf8')) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isNames = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((name) => typeof name === 'string');

const isRange = (value: unknown): boolean => Array.isArray(value) && value.length === 2 && value.every((end) => typeof end === 'number');

function isDescription(value: unknown): value is ImageSetDescription {
  if (!isRecord(value) || !isRecord(value['splits']) || !['images', 'arrays'].includes(String(value['format']))) return false;
  if (value['range'] !== undefined && !isRange(value['range'])) return false;
  return Object.entries(value['splits']).every(([split, of]) => (splits as readonly string[]).includes(split) && isSplit(of));
}

function isSplit(value: unknown): boolean {
  if (!isRecord(value) || typeof value['paired'] !== 'boolean') return false;
  const { from } = value;
  return from === undefined || (isRecord(from) && domains.every((domain) => typeof from[domain] === 'string'));
}
