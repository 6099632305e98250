import { fail, interrupted, ok, type Result } from '../../pipeline/failure.ts';
import type { StageContext, StageImplementation } from '../../pipeline/stage.ts';
import { engineUse, loadEngine } from '../engine/index.ts';
import type { Tf } from '../engine/tf.ts';
import { domains, splits, type Domain, type Split } from '../image-set/image-set.ts';
import { sourceOf, targetOf, translations, type Translation } from '../translation.ts';
import { baselines, statisticsOf, type DomainStatistics } from './baselines.ts';
import { checkEpochs, checkSizes } from './checks.ts';
import { epochCurve, keptEpochs } from './epoch-curve.ts';
import { trainedMethods, type Evaluation, type TrainedMethod, type TranslationScore } from './evaluation.ts';
import { namedNetwork } from './features/named-network.ts';
import type { FeatureNetwork } from './features/feature-network.ts';
import { randomNetwork } from './features/random-network.ts';
import { figuresOf } from './figures.ts';
import { disposeGenerators, loadGenerators, type GeneratorEngine, type Generators } from './generator.ts';
import { measuringSeed } from './measuring-seed.ts';
import { pyramidLevels } from './metrics/laplacian-pyramid.ts';
import { openPictures, type OpenOptions, type Pictures } from './pictures.ts';
import { measureReal, type RealImages } from './real-images.ts';
import type { EvaluateParams } from './schema.ts';
import { scoreTranslation } from './score.ts';
import { findGenerators, findImages, type GeneratorSources, type ImageSource } from './sources.ts';
import { Unmeasurable } from './unmeasurable.ts';
import { writeEvaluation, writeStrip } from './write.ts';

export const implementation: StageImplementation<EvaluateParams> = {
  run: evaluate,
};

/** What the parts of an evaluation share, and where it stands. */
interface Work {
  /** Whose curve, strip and figures are shown: the CycleGAN, or what was trained on pairs where it is alone. */
  readonly main: TrainedMethod;
  readonly context: StageContext<EvaluateParams>;
  readonly tf: Tf;
  readonly paired: boolean;
  readonly pictures: Readonly<Record<Split, Readonly<Record<Domain, Pictures>>>>;
  readonly sources: GeneratorSources;
  readonly networks: Networks;
  readonly features: FeatureNetwork;
  /** Counts one picture; true where the stage is to stop. */
  readonly onPicture: () => boolean;
  readonly report: (figures: Readonly<Record<string, number>>) => void;
}

type Networks = Readonly<Partial<Record<TrainedMethod, Generators>>>;

async function evaluate(context: StageContext<EvaluateParams>): Promise<Result<void>> {
  const sources = await findGenerators(context.inputs, context.params);
  if (!sources.ok) return sources;
  const epochs = checkEpochs(context.params, sources.value[mainOf(sources.value)]!);
  if (!epochs.ok) return epochs;
  const images = await findImages(context.inputs);
  if (!images.ok) return images;
  if (!context.engine) throw new Error('evaluate was started without an engine');
  const engine = await loadEngine(context.engine, engineUse(context.engine));
  if (!engine.ok) return engine;
  return withNetworks(context, engine.value.tf, sources.value, images.value);
}

const generatorEngine = ({ engine, scratch }: StageContext<EvaluateParams>, tf: Tf): GeneratorEngine => ({ tf, ...(engine!.capture && { captureIn: scratch }) });

const mainOf = (sources: GeneratorSources): TrainedMethod => (sources.cyclegan ? 'cyclegan' : 'supervised');

async function withNetworks(context: StageContext<EvaluateParams>, tf: Tf, sources: GeneratorSources, images: ImageSource): Promise<Result<void>> {
  const networks: Partial<Record<TrainedMethod, Generators>> = {};
  for (const method of trainedMethods) {
    const source = sources[method];
    if (source) networks[method] = await loadGenerators(generatorEngine(context, tf), source.input, source.weights);
  }
  const main = mainOf(sources);
  const pictures = await openAll(images, { atMost: context.params.images, size: networks[main]!.AtoB });
  try {
    const checked = checkSizes(pictures.test, networks);
    if (!checked.ok) return checked;
    const features = await featureNetwork(tf, context.params, pictures.test.A);
    if (!features.ok) return features;
    const work = startWork({ main, context, tf, paired: images.paired, pictures, sources, networks, features: features.value });
    try {
      return await evaluateAll(work);
    } finally {
      features.value.dispose();
    }
  } catch (error) {
    if (error instanceof Unmeasurable) return fail(error.failure);
    throw error;
  } finally {
    for (const split of splits) for (const domain of domains) await pictures[split][domain].close();
    for (const generators of Object.values(networks)) disposeGenerators(generators);
  }
}

/** Of the test split as many of A as of B: distances of fewer pictures are larger (see distances.ts). */
async function openAll({ parts }: ImageSource, options: OpenOptions): Promise<Work['pictures']> {
  const open = async (split: Split, atMost: number) =>
    ({ A: await openPictures(parts[split].A, { ...options, atMost }), B: await openPictures(parts[split].B, { ...options, atMost }) });
  const fewest = Math.min(options.atMost, ...domains.map((domain) => parts.test[domain].names.length));
  return { train: await open('train', options.atMost), test: await open('test', fewest) };
}

async function featureNetwork(tf: Tf, { features }: EvaluateParams, pictures: Pictures): Promise<Result<FeatureNetwork>> {
  return features ? namedNetwork(tf, features, pictures) : ok(randomNetwork(tf, pictures.channels));
}

function startWork(parts: Omit<Work, 'onPicture' | 'report'>): Work {
  const { context, pictures, sources, main } = parts;
  const { input, weights } = sources[main]!;
  const count = (split: Split) => domains.reduce((sum, domain) => sum + pictures[split][domain].names.length, 0);
  const epochs = context.params.epochs ? keptEpochs(input, weights).length : 0;
  // The real test images are read once to be measured, and once to be translated by each set of networks.
  const total = count('train') + (2 + epochs) * count('test');
  let done = 0;
  const onPicture = () => {
    context.progress({ done: ++done, total, unit: 'images' });
    return context.stop.aborted;
  };
  const report = (figures: Readonly<Record<string, number>>) => context.progress({ done, total, unit: 'images', figures });
  return { ...parts, onPicture, report };
}

async function evaluateAll(work: Work): Promise<Result<void>> {
  const { pictures: { train, test }, onPicture } = work;
  sayHowMany(work);
  warnOfFewImages(work);
  const A = await statisticsOf(train.A, onPicture);
  const B = A && (await statisticsOf(train.B, onPicture));
  const realA = B && (await measureReal(test.A, measuringOf(work), onPicture));
  const realB = realA && (await measureReal(test.B, measuringOf(work), onPicture));
  if (!realB) return interrupted();
  const scores = await scoreAll(work, { A: realA, B: realB }, { A: A!, B });
  if (!scores) return interrupted();
  await writeEvaluation(work.context.out, evaluationOf(work, scores));
  for (const translation of translations) await drawStrip(work, translation);
  work.report(figuresOf(scores, work.main));
  return ok(undefined);
}

/** Where domains differ in number, so that nobody looks for the others in the figures. */
function sayHowMany({ context, pictures: { test: { A, B } } }: Work): void {
  if (A.of !== B.of) context.log(`measured on ${A.names.length} of ${A.of} test images of A and ${B.names.length} of ${B.of} of B: as many of each, since distances depend on it`);
}

/** The Fréchet distance's covariances are singular with fewer images than dimensions, and its bias is large. */
function warnOfFewImages({ context, features, pictures: { test } }: Work): void {
  const fewest = Math.min(...domains.map((domain) => test[domain].names.length));
  if (features.named && fewest <= features.dimensions) {
    context.warn(`FID is measured on ${fewest} images with features of ${features.dimensions} dimensions: it comes out too large; compare it only with runs on as many images, and rather read KID`);
  }
}

const measuringOf = ({ features }: Work) => ({ features, seed: measuringSeed });

const distancesOf = ({ tf, context, features }: Work) => ({
  tf, seed: measuringSeed, textureDirections: context.params.directions, frechet: features.named, stopped: () => context.stop.aborted,
});

async function scoreAll(work: Work, test: RealImages, statistics: Readonly<Record<Domain, DomainStatistics>>): Promise<Evaluation['translations'] | undefined> {
  const { context, tf, paired, networks, onPicture, sources, main } = work;
  const shared = { test, measuring: measuringOf(work), distances: distancesOf(work), onPicture };
  const scores: Partial<Record<Translation, TranslationScore>> = {};
  for (const translation of translations) {
    const fitted = baselines(statistics[sourceOf(translation)], statistics[targetOf(translation)]);
    const score = await scoreTranslation({ ...shared, translation, paired, networks, baselines: fitted });
    if (!score) return undefined;
    scores[translation] = score;
  }
  const both = { AtoB: scores.AtoB!, BtoA: scores.BtoA! };
  if (!context.params.epochs) return both;
  const curves = await epochCurve({ ...shared, engine: generatorEngine(context, tf), ...sources[main]! });
  return curves && { AtoB: { ...both.AtoB, epochs: curves.AtoB }, BtoA: { ...both.BtoA, epochs: curves.BtoA } };
}

function evaluationOf({ paired, pictures: { test }, sources, features }: Work, scores: Evaluation['translations']): Evaluation {
  const count = (domain: Domain) => ({ evaluated: test[domain].names.length, of: test[domain].of });
  const { height, width } = test.A;
  const levels = pyramidLevels({ height, width }).map((level) => [level.height, level.width] as const);
  return {
    test: { paired, images: { A: count('A'), B: count('B') }, height, width, swd_levels: levels },
    networks: Object.fromEntries(trainedMethods.flatMap((method) => (sources[method] ? [[method, sources[method].weights]] : []))),
    features: { network: features.named ? 'named' : 'random', dimensions: features.dimensions },
    translations: scores,
  };
}

async function drawStrip({ context, paired, pictures: { test }, networks, main }: Work, translation: Translation): Promise<void> {
  const { [sourceOf(translation)]: source, [targetOf(translation)]: truth } = test;
  const generator = networks[main]![translation].translate;
  await writeStrip(context.out, translation, { source, ...(paired && { truth }), generator, rows: context.params.strip, columns: 2 });
}
