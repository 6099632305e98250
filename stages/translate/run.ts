/** Files through a trained generator, one after the other, in memory that does not grow with their number. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fail, interrupted, ok, type Failure, type Result } from '../../pipeline/failure.ts';
import type { StageContext, StageImplementation } from '../../pipeline/stage.ts';
import { engineUse, loadEngine } from '../engine/index.ts';
import type { LayersModel } from '../engine/tf.ts';
import { capturedTranslation, eagerTranslation } from '../model/batch-translation.ts';
import { loadModel } from '../model/saved-model.ts';
import { findTrainedGenerator } from '../model/trained-generator.ts';
import { translateFailed } from './failures.ts';
import { forAnySize } from '../model/any-size.ts';
import { listImages, type ImageFile } from './image-files.ts';
import { readPicture, writePicture } from './picture-file.ts';
import type { TranslateParams } from './schema.ts';
import { translateTiled, type Grid, type TilingGenerator } from './tiled.ts';
import { tilesAlong, type TileSpec } from './tiling.ts';

/** A file that cannot be read is said and passed over; in the end that is a failure. */
export const implementation: StageImplementation<TranslateParams> = { run: translate };

async function translate(context: StageContext<TranslateParams>): Promise<Result<void>> {
  const files = listImages(context);
  if (!files.ok) return files;
  const found = await findTrainedGenerator(context.inputs[0]!, context.params);
  if (!found.ok) return found;
  context.log(`${files.value.length} images to ${context.params.to} by ${found.value.folder}`);
  const engine = await loadEngine(context.engine!, engineUse(context.engine!));
  if (!engine.ok) return engine;
  const { tf } = engine.value;
  const model = await loadModel(tf, { ...found.value, modelJson: forAnySize(found.value.modelJson) });
  const translation = context.engine!.capture ? capturedTranslation(tf, model, context.scratch) : eagerTranslation(tf, model);
  try {
    const tiles = tileSpecs(model, context.params);
    if (!tiles.ok) return tiles;
    return await translateAll(files.value, { context, generator: { tf, translation }, tiles: tiles.value, networks: found.value.folder });
  } finally {
    translation.dispose();
    model.dispose();
  }
}

interface TileSpecs {
  readonly rows: TileSpec;
  readonly columns: TileSpec;
}

/** A side of which the generator knows but one length (row normalization's height) gets tiles of exactly that; others, whole images up to `tile`. */
function tileSpecs(model: LayersModel, { tile, overlap }: TranslateParams): Result<TileSpecs> {
  const [, height, width] = model.inputs[0]!.shape;
  const spec = (fixed: number | null | undefined): TileSpec => {
    const size = fixed ?? tile;
    return { size, exact: typeof fixed === 'number', overlap: overlap ?? Math.floor(size / 4) };
  };
  const specs = { rows: spec(height), columns: spec(width) };
  const smallest = Math.min(specs.rows.size, specs.columns.size);
  if (overlap === undefined || 2 * overlap <= smallest) return ok(specs);
  return translateFailed('translate-tile-invalid', `tiles of ${smallest} pixels cannot overlap by ${overlap}`, { expected: `at most ${smallest / 2}` });
}

interface Work {
  readonly context: StageContext<TranslateParams>;
  readonly generator: TilingGenerator;
  readonly tiles: TileSpecs;
  /** Their folder, for messages. */
  readonly networks: string;
}

async function translateAll(files: readonly ImageFile[], work: Work): Promise<Result<void>> {
  const { progress, stop } = work.context;
  const unreadable: Failure[] = [];
  progress({ done: 0, total: files.length, unit: 'images' });
  for (const [index, file] of files.entries()) {
    if (stop.aborted) return interrupted();
    const done = await translateFile(file, work);
    if (!done.ok && done.failure.code !== 'translate-image-unreadable') return done;
    if (!done.ok) unreadable.push(done.failure);
    progress({ done: index + 1, total: files.length, unit: 'images' });
  }
  const [first, ...others] = unreadable;
  return first === undefined ? ok(undefined) : fail({ ...first, ...(files.length > 1 && { expected: `${files.length} images; the ${files.length - unreadable.length} others were translated` }), ...(others.length > 0 && { also: others }) });
}

async function translateFile({ from, to, shown }: ImageFile, { context: { params, stop, out, scratch, publish }, generator, tiles, networks }: Work): Promise<Result<void>> {
  const picture = await readPicture(from, shown, params.size);
  if (!picture.ok) return picture;
  const { height, width } = picture.value.pixels;
  const grid: Grid = { rows: tilesAlong(height, tiles.rows), columns: tilesAlong(width, tiles.columns) };
  const translated = await translateTiled(generator, picture.value.pixels, grid, () => !stop.aborted);
  if (translated === 'stopped') return interrupted();
  if (translated === undefined) return translateFailed('translate-not-finite', `${networks} makes values of ${shown} that are no numbers (NaN or infinite)`, { hint: 'its training went wrong: look at the losses' });
  await mkdir(dirname(join(out, to)), { recursive: true });
  const done = await writePicture(join(out, to), { ...picture.value, pixels: translated }, scratch);
  if (done.ok) await publish([to]);
  return done;
}
