/** Scores one direction: every method against the target's test split. */
import type { Picture } from '../image/picture.ts';
import { targetOf, sourceOf, type Translation } from '../translation.ts';
import type { Baselines } from './baselines.ts';
import { distancesAcross, type DistanceOptions } from './distances.ts';
import { methods, type Distances, type ImageScore, type Method, type MethodScore, type TrainedMethod, type TranslationScore } from './evaluation.ts';
import { gapClosed } from './gap-closed.ts';
import type { Generators } from './generator.ts';
import { MeasuredSet, type Measuring } from './measured-set.ts';
import { meanAbsoluteError } from './metrics/absolute-error.ts';
import { psnr } from './metrics/psnr.ts';
import { ssim } from './metrics/ssim.ts';
import { eachBatch, type Pictures } from './pictures.ts';
import type { RealImages } from './real-images.ts';

export interface ScoreOptions {
  readonly translation: Translation;
  readonly test: RealImages;
  readonly paired: boolean;
  readonly baselines: Baselines;
  readonly networks: Readonly<Partial<Record<TrainedMethod, Generators>>>;
  readonly measuring: Measuring;
  readonly distances: DistanceOptions;
  /** Called for every image; true stops. */
  readonly onPicture: () => boolean;
}

/** The scores, or undefined where it was stopped. */
export async function scoreTranslation(options: ScoreOptions): Promise<TranslationScore | undefined> {
  const { translation, test, measuring } = options;
  const [source, target] = [test[sourceOf(translation)], test[targetOf(translation)]];
  const scored = methodsOf(options).filter((method) => method !== 'copy');
  const sets = new Map(scored.map((method) => [method, new MeasuredSet(source.pictures.names.length, source.pictures, measuring)]));
  const images = await translateEach(options, source.pictures, target.pictures, sets);
  if (!images) return undefined;
  const found = await distancesAcross(target.measured, [source.measured, ...sets.values()], options.distances);
  if (!found) return undefined;
  const { floor, sets: distances } = found;
  const ceiling = distances[0]!;
  const scores = (['copy', ...scored] as const).map((method, i) => [method, methodScore(images, method, distances[i]!, floor, ceiling)] as const);
  return { methods: Object.fromEntries(scores), floor, ceiling, images };
}

const methodsOf = ({ paired, networks }: ScoreOptions): readonly Method[] =>
  methods.filter((method) => (method === 'mean' ? paired : method === 'cyclegan' || method === 'supervised' ? networks[method] !== undefined : true));

type NamedScores = TranslationScore['images'][number];

/** Adds every method's translations to its set; returns the scores of each image. */
async function translateEach(
  options: ScoreOptions, source: Pictures, target: Pictures, sets: ReadonlyMap<Method, MeasuredSet>,
): Promise<NamedScores[] | undefined> {
  const images: NamedScores[] = [];
  for await (const { first, pictures } of eachBatch(source)) {
    const outputs = new Map([...sets.keys()].map((method) => [method, [] as readonly Picture[]]));
    for (const method of sets.keys()) outputs.set(method, await translated(options, method, pictures));
    const cycles = await cyclesOf(options, pictures, outputs);
    for (const [method, set] of sets) await set.add(outputs.get(method)!);
    outputs.set('copy', pictures);
    for (const i of pictures.keys()) {
      if (options.onPicture()) return undefined;
      const truth = options.paired ? await target.read(first + i) : undefined;
      images.push({ name: source.names[first + i]!, ...imageScores(i, outputs, cycles, truth) });
    }
  }
  return images;
}

async function translated({ translation, networks, baselines }: ScoreOptions, method: Method, pictures: readonly Picture[]): Promise<readonly Picture[]> {
  if (method === 'cyclegan' || method === 'supervised') return networks[method]![translation].translate(pictures);
  return pictures.map((picture) => baselines[method](picture));
}

/** For each network, mean |x − G'(G(x))| of each picture. */
async function cyclesOf(
  { translation, networks }: ScoreOptions, pictures: readonly Picture[], outputs: ReadonlyMap<Method, readonly Picture[]>,
): Promise<ReadonlyMap<Method, readonly number[]>> {
  const back = translation === 'AtoB' ? 'BtoA' : 'AtoB';
  const cycles = new Map<Method, readonly number[]>();
  for (const [method, generators] of Object.entries(networks) as [TrainedMethod, Generators][]) {
    const reconstructed = await generators[back].translate(outputs.get(method)!);
    cycles.set(method, pictures.map((picture, i) => meanAbsoluteError(picture, reconstructed[i]!)));
  }
  return cycles;
}

/** Picture `i` by each method that has anything to say of single images; in the order of {@link methods}. */
function imageScores(
  i: number, outputs: ReadonlyMap<Method, readonly Picture[]>, cycles: ReadonlyMap<Method, readonly number[]>, truth: Picture | undefined,
): Partial<Record<Method, ImageScore>> {
  const scores: Partial<Record<Method, ImageScore>> = {};
  for (const method of methods) {
    const output = outputs.get(method)?.[i];
    const cycle = cycles.get(method)?.[i];
    if (!output || (!truth && cycle === undefined)) continue;
    scores[method] = {
      ...(truth && { psnr: finite(psnr(output, truth)), ssim: ssim(output, truth) }),
      ...(cycle !== undefined && { cycle_l1: cycle }),
    };
  }
  return scores;
}

/** JSON knows no Infinity, which equal pictures have. */
const finite = (value: number): number | null => (value === Infinity ? null : value);

function methodScore(images: readonly NamedScores[], method: Method, distances: Distances, floor: Distances, ceiling: Distances): MethodScore {
  const scores = images.flatMap((image) => image[method] ?? []);
  const paired = scores.some(({ psnr }) => psnr !== undefined);
  const ssims = scores.flatMap((score) => score.ssim ?? []);
  const cycles = scores.flatMap((score) => score.cycle_l1 ?? []);
  return {
    // Equal pictures have no finite PSNR: the mean is over the others.
    ...(paired && { psnr: mean(scores.flatMap((score) => score.psnr ?? [])) ?? null, ssim: mean(ssims)! }),
    ...(cycles.length > 0 && { cycle_l1: mean(cycles)! }),
    ...distances,
    gap_closed: gapClosed(distances, floor, ceiling),
  };
}

const mean = (values: readonly number[]) => (values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length);
