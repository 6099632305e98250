/** How far two files of one path are apart in the numbers they hold: arrays, weights, pictures, tables. */
import { readFile } from 'node:fs/promises';
import type { NumericDifference } from '../../pipeline/catalog.ts';
import { NpyFormatError, openImages } from '../npy/index.ts';
import { SafetensorsError, readSafetensors } from '../train/safetensors.ts';
import { largestOf, type Values } from './largest-difference.ts';
import { numbersInText } from './text-numbers.ts';

/** Undefined where they hold no numbers, or arrays of different shapes, or texts of different words. */
export async function compareFiles(path: string, recorded: string, made: string): Promise<NumericDifference | undefined> {
  const name = path.toLowerCase();
  if (name.endsWith('.npy')) return compareArrays(recorded, made);
  if (name.endsWith('.safetensors')) return compareTensors(recorded, made);
  if (name.endsWith('.bin')) return compareWeights(recorded, made);
  if (/\.(png|jpe?g)$/.test(name)) return comparePictures(recorded, made);
  return /\.(jsonl?|csv|tsv|txt|md|ya?ml)$/.test(name) ? compareTexts(recorded, made) : undefined;
}

/** A few images at a time, so that memory does not grow with their number. */
async function compareArrays(recorded: string, made: string): Promise<NumericDifference | undefined> {
  const opened: Awaited<ReturnType<typeof openImages>>[] = [];
  try {
    for (const file of [recorded, made]) opened.push(await openImages(file));
    const [left, right] = [opened[0]!, opened[1]!];
    if (left.type !== right.type || left.shape.join() !== right.shape.join()) return undefined;
    let largest: NumericDifference | undefined;
    for (let image = 0; image < left.shape[0]; image += 1) largest = largestOf(await left.read(image, 1), await right.read(image, 1), largest);
    return largest;
  } catch (error) {
    if (error instanceof NpyFormatError) return undefined; // an array of something else than images
    throw error;
  } finally {
    for (const file of opened) await file.close();
  }
}

async function compareTensors(recorded: string, made: string): Promise<NumericDifference | undefined> {
  try {
    const [left, right] = [(await readSafetensors(recorded)).tensors, (await readSafetensors(made)).tensors];
    if ([...left.keys()].sort().join() !== [...right.keys()].sort().join()) return undefined;
    let largest: NumericDifference | undefined;
    for (const [name, tensor] of left) {
      const other = right.get(name)!;
      if (tensor.shape.join() !== other.shape.join()) return undefined;
      largest = largestOf(tensor.data, other.data, largest);
    }
    return largest;
  } catch (error) {
    if (error instanceof SafetensorsError) return undefined;
    throw error;
  }
}

/** `weights.bin` of a tfjs layers model: float32 values, little-endian. */
async function compareWeights(recorded: string, made: string): Promise<NumericDifference | undefined> {
  const [left, right] = await Promise.all([recorded, made].map((file) => readFile(file)));
  if (left!.length !== right!.length || left!.length % 4 !== 0) return undefined;
  return largestOf(floats(left!), floats(right!));
}

const floats = (bytes: Buffer): Values => new Float32Array(Uint8Array.prototype.slice.call(bytes).buffer);

/** In levels of 0 to 255. */
async function comparePictures(recorded: string, made: string): Promise<NumericDifference | undefined> {
  const { decodeImage } = await import('../image/pixels.ts');
  const [left, right] = await Promise.all([recorded, made].map((file) => decodeImage(file, file)));
  if (!left!.ok || !right!.ok) return undefined;
  const [one, other] = [left!.value.pixels, right!.value.pixels];
  if (one.height !== other.height || one.width !== other.width) return undefined;
  return largestOf(one.data, other.data);
}

async function compareTexts(recorded: string, made: string): Promise<NumericDifference | undefined> {
  const [left, right] = (await Promise.all([recorded, made].map((file) => readFile(file, 'utf8')))).map(numbersInText);
  return left!.words === right!.words ? largestOf(left!.numbers, right!.numbers) : undefined;
}
