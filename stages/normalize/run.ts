import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { interrupted, ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import type { StageContext, StageImplementation } from '../../pipeline/stage.ts';
import { lanes } from '../bounded.ts';
import { orDiskFull } from '../disk-full.ts';
import type { ImageFile, ImageSet, ImageSetPart } from '../image-set-input.ts';
import { writeDescription } from '../image-set-output.ts';
import { labelOf, onlyInput, readFilledImageSet } from '../image-set-work.ts';
import { createImages } from '../npy/index.ts';
import type { ImagesWriter } from '../npy/index.ts';
import { Oddities } from '../oddities.ts';
import { decodeImage } from '../pixels.ts';
import type { Pixels } from '../pixels.ts';
import { normalizeFailed } from './failures.ts';
import { scaleTable, scaled } from './scale.ts';
import type { NormalizeParams } from './schema.ts';

export const implementation: StageImplementation<NormalizeParams> = {
  async run(context) {
    const set = await readFilledImageSet(onlyInput(context));
    return set.ok ? orDiskFull(() => normalizeSet(context, set.value)) : set;
  },
};

/** The first image of the set: all others must have its size. */
interface Model {
  readonly label: string;
  readonly height: number;
  readonly width: number;
}

async function normalizeSet(context: StageContext<NormalizeParams>, set: ImageSet): Promise<Result<void>> {
  const oddities = new Oddities();
  const model = await modelOf(set);
  if (!model.ok) return model;
  let before = 0;
  const total = set.parts.reduce((sum, part) => sum + part.files.length, 0);
  for (const part of set.parts) {
    const written = await writePart(context, part, model.value, oddities, (done) =>
      context.progress({ done: before + done, total, unit: 'images', phase: `${part.split} ${part.domain}` }),
    );
    if (!written.ok) return written;
    before += part.files.length;
  }
  await writeDescription(context.out, { ...set.description, format: 'arrays' });
  oddities.tell(context.log);
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

/** One array and its names, a few images in memory at a time. */
async function writePart(
  context: StageContext<NormalizeParams>,
  part: ImageSetPart,
  model: Model,
  oddities: Oddities,
  progress: (done: number) => void,
): Promise<Result<void>> {
  const path = join(context.out, part.split, part.domain);
  await mkdir(join(context.out, part.split), { recursive: true });
  await writeFile(`${path}.json`, JSON.stringify(part.files.map((file) => file.name)) + '\n');
  const array = await createImages(`${path}.npy`, 'float32', [part.files.length, model.height, model.width, 3]);
  try {
    const filled = await fill(array, context, part, model, oddities, progress);
    if (filled.ok) await array.close();
    return filled;
  } finally {
    await array.release();
  }
}

async function fill(
  array: ImagesWriter,
  context: StageContext<NormalizeParams>,
  part: ImageSetPart,
  model: Model,
  oddities: Oddities,
  progress: (done: number) => void,
): Promise<Result<void>> {
  const table = scaleTable(context.params.range);
  const chunkSize = lanes() * 2;
  for (let from = 0; from < part.files.length; from += chunkSize) {
    if (context.stop.aborted) return interrupted();
    const chunk = part.files.slice(from, from + chunkSize);
    for (const image of await Promise.all(chunk.map((file) => decodeAs(model, part, file, oddities)))) {
      if (!image.ok) return image;
      await array.write(scaled(image.value.data, table));
    }
    progress(from + chunk.length);
  }
  return ok(undefined);
}

async function decodeAs(model: Model, part: ImageSetPart, file: ImageFile, oddities: Oddities): Promise<Result<Pixels>> {
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
