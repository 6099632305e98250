import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { interrupted, ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import type { StageContext, StageImplementation } from '../../pipeline/stage.ts';
import { lanes } from '../bounded.ts';
import type { ImageFile, ImageSet, ImageSetPart } from '../image-set/input.ts';
import { derivedDescription } from '../image-set/image-set.ts';
import { writeDescription } from '../image-set/output.ts';
import { labelOf, onlyInput, readFilledImageSet } from '../image-set/work.ts';
import { createImages } from '../npy/index.ts';
import type { ImagesWriter } from '../npy/index.ts';
import { Oddities } from '../image/oddities.ts';
import { decodeImage } from '../image/pixels.ts';
import type { Pixels } from '../image/pixels.ts';
import { normalizeFailed } from './failures.ts';
import { scaleTable, scaled } from './scale.ts';
import type { NormalizeParams } from './schema.ts';

export const implementation: StageImplementation<NormalizeParams> = {
  async run(context) {
    const set = await readFilledImageSet(onlyInput(context));
    return set.ok ? normalizeSet(context, set.value) : set;
  },
};

/** The first image of the set: all others must have its size. */
interface Model {
  readonly label: string;
  readonly height: number;
  readonly width: number;
}

/** What all parts of a set share while they are written. */
interface Work {
  readonly context: StageContext<NormalizeParams>;
  readonly model: Model;
  readonly oddities: Oddities;
  /** One more image of the part is written. */
  count(part: ImageSetPart): void;
}

async function normalizeSet(context: StageContext<NormalizeParams>, set: ImageSet): Promise<Result<void>> {
  const model = await modelOf(set);
  if (!model.ok) return model;
  const total = set.parts.reduce((sum, part) => sum + part.files.length, 0);
  let done = 0;
  const count = (part: ImageSetPart) => context.progress({ done: ++done, total, unit: 'images', phase: `${part.split} ${part.domain}` });
  const work: Work = { context, model: model.value, oddities: new Oddities(), count };
  for (const part of set.parts) {
    const written = await writePart(work, part);
    if (!written.ok) return written;
  }
  await writeDescription(context.out, { ...derivedDescription(set.description), format: 'arrays', range: context.params.range });
  work.oddities.tell(context);
  return ok(undefined);
}

async function modelOf(set: ImageSet): Promise<Result<Model>> {
  const part = set.parts[0];
  const file = part?.files[0];
  if (!part || !file) return normalizeFailed('domain-empty', 'there is no image to normalize');
  const label = labelOf(part, file.name);
  const image = await decodeImage(file.location, label);
  return image.ok ? ok({ label, height: image.value.pixels.height, width: image.value.pixels.width }) : image;
}

/** One array and its names. */
async function writePart(work: Work, part: ImageSetPart): Promise<Result<void>> {
  const { context, model } = work;
  const path = join(context.out, part.split, part.domain);
  await mkdir(join(context.out, part.split), { recursive: true });
  await writeFile(`${path}.json`, JSON.stringify(part.files.map((file) => file.name)) + '\n');
  const array = await createImages(`${path}.npy`, 'float32', [part.files.length, model.height, model.width, 3]);
  try {
    const filled = await fill(array, work, part);
    if (filled.ok) await array.close();
    return filled;
  } finally {
    await array.release();
  }
}

/** A few images in memory at a time, decoded side by side and written in order. */
async function fill(array: ImagesWriter, work: Work, part: ImageSetPart): Promise<Result<void>> {
  const table = scaleTable(work.context.params.range);
  const chunkSize = lanes() * 2;
  for (let from = 0; from < part.files.length; from += chunkSize) {
    if (work.context.stop.aborted) return interrupted();
    const chunk = part.files.slice(from, from + chunkSize);
    for (const image of await Promise.all(chunk.map((file) => decodeAs(work, part, file)))) {
      if (!image.ok) return image;
      await array.write(scaled(image.value.data, table));
      work.count(part);
    }
  }
  return ok(undefined);
}

async function decodeAs({ model, oddities }: Work, part: ImageSetPart, file: ImageFile): Promise<Result<Pixels>> {
  const label = labelOf(part, file.name);
  const image = await decodeImage(file.location, label);
  if (!image.ok) return image;
  oddities.note(label, image.value.oddities);
  const { pixels } = image.value;
  if (pixels.height === model.height && pixels.width === model.width) return ok(pixels);
  return normalizeFailed(
    'image-sizes-differ',
    `${label} is ${pixels.width}×${pixels.height}, but ${model.label} is ${model.width}×${model.height} (width×height)`,
    { hint: 'add a resize stage before normalize' },
  );
}
