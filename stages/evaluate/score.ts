/** Scores one way of translating: every method against the target's test split. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Picture } from '../image/picture.ts';
import type { Baselines } from './baselines.ts';
import { methods, type Method, type MethodScore, type PairScore, type TranslationScore } from './evaluation.ts';
import { psnr } from './metrics/psnr.ts';
import { ssim } from './metrics/ssim.ts';
import { PatchSet, textureDistance, type Texture } from './metrics/texture-distance.ts';
import type { Pictures } from './pictures.ts';

/** Translates a few pictures at once. */
export type Translate = (pictures: readonly Picture[]) => Promise<readonly Picture[]>;

export interface ScoreOptions {
  readonly source: Pictures;
  readonly target: Pictures;
  readonly paired: boolean;
  readonly baselines: Baselines;
  readonly generator: Translate;
  readonly directions: readonly Float32Array[];
  /** Called for every image; true stops. */
  readonly onPicture: () => boolean;
}

/** How many pictures the generator sees at once. */
const BATCH = 4;

type ImageScore = TranslationScore['images'][number];

/** The scores, or undefined where `onPicture` stopped it. */
export async function scoreTranslation(options: ScoreOptions): Promise<TranslationScore | undefined> {
  const scored = methods.filter((method) => options.paired || method !== 'mean');
  const patches = new Map(scored.map((method) => [method, new PatchSet(options.source.names.length)]));
  const images = await translateEach(options, scored, patches);
  if (!images) return undefined;
  const truth = await texturesOf(options.target, options.directions);
  const scores: Partial<Record<Method, MethodScore>> = {};
  for (const [method, set] of patches) {
    // Seconds of arithmetic: let signals and the progress bar in.
    await nextTurn();
    scores[method] = methodScore(images, method, textureDistance(set.along(options.directions), truth.all));
  }
  return { methods: scores, floor: { texture_distance: textureDistance(truth.even, truth.odd) }, images };
}

/** Adds every method's translations to its patches; returns the scores of each image where the truth is known. */
async function translateEach(options: ScoreOptions, scored: readonly Method[], patches: ReadonlyMap<Method, PatchSet>): Promise<ImageScore[] | undefined> {
  const { source, target, paired } = options;
  const images: ImageScore[] = [];
  for (let from = 0; from < source.names.length; from += BATCH) {
    const inputs = await readSome(source, from);
    const truths = paired ? await readSome(target, from) : [];
    const generated = await options.generator(inputs);
    for (const [i, input] of inputs.entries()) {
      if (options.onPicture()) return undefined;
      const outputs = translated(scored, options.baselines, input, generated[i]!);
      for (const [method, output] of outputs) patches.get(method)!.add(output);
      const truth = truths[i];
      if (truth) images.push(imageScore(source.names[from + i]!, outputs, truth));
    }
  }
  return images;
}

const readSome = (pictures: Pictures, from: number): Promise<Picture[]> =>
  Promise.all(Array.from({ length: Math.min(BATCH, pictures.names.length - from) }, (_, i) => pictures.read(from + i)));

function translated(scored: readonly Method[], fixed: Baselines, input: Picture, generated: Picture): Map<Method, Picture> {
  return new Map(scored.map((method) => [method, method === 'cyclegan' ? generated : fixed[method](input)]));
}

function imageScore(name: string, outputs: ReadonlyMap<Method, Picture>, truth: Picture): ImageScore {
  const scores = [...outputs].map(([method, output]) => [method, { psnr: finite(psnr(output, truth)), ssim: ssim(output, truth) }] as const);
  return { name, ...Object.fromEntries<PairScore>(scores) };
}

/** JSON knows no Infinity. */
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

function methodScore(images: readonly ImageScore[], method: Method, texture_distance: number): MethodScore {
  const scores = images.flatMap((image) => image[method] ?? []);
  if (scores.length === 0) return { texture_distance };
  const decibels = scores.flatMap((score) => score.psnr ?? []);
  return { psnr: decibels.length > 0 ? mean(decibels) : null, ssim: mean(scores.map((score) => score.ssim)), texture_distance };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The target's test split: all of it, and its two halves, taken by turns. */
async function texturesOf(pictures: Pictures, directions: readonly Float32Array[]): Promise<Readonly<Record<'all' | 'even' | 'odd', Texture>>> {
  const count = pictures.names.length;
  const sets = { all: new PatchSet(count), even: new PatchSet(count), odd: new PatchSet(count) };
  for (let i = 0; i < count; i++) {
    const picture = await pictures.read(i);
    sets.all.add(picture);
    sets[i % 2 === 0 ? 'even' : 'odd'].add(picture);
  }
  return { all: sets.all.along(directions), even: sets.even.along(directions), odd: sets.odd.along(directions) };
}
