import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { interrupted, ok, type Result } from '../../pipeline/failure.ts';
import type { StageContext, StageImplementation } from '../../pipeline/stage.ts';
import { loadEngine } from '../engine/index.ts';
import { domains, splits, type Domain, type Split } from '../image-set/image-set.ts';
import { toBytes } from '../image/picture.ts';
import { encodePng } from '../image/pixels.ts';
import { randomStream } from '../random.ts';
import { sourceOf, targetOf, translations, type Translation } from '../translation.ts';
import { baselines, statisticsOf, type DomainStatistics } from './baselines.ts';
import { comparisonStrip } from './comparison-strip.ts';
import { evaluationFile, type Evaluation, type TranslationScore } from './evaluation.ts';
import { evaluateFailed } from './failures.ts';
import { figuresOf } from './figures.ts';
import { loadGenerator, type Generator } from './generator.ts';
import { projections } from './metrics/texture-distance.ts';
import { openPictures, type OpenOptions, type Pictures } from './pictures.ts';
import type { EvaluateParams } from './schema.ts';
import { scoreTranslation } from './score.ts';
import { findGenerators, findImages, type ImageSource } from './sources.ts';

export const implementation: StageImplementation<EvaluateParams> = {
  run: evaluate,
};

type Context = StageContext<EvaluateParams>;

/** The pictures of every split and domain, and where this stage stands in them. */
interface Work {
  readonly context: Context;
  readonly paired: boolean;
  readonly pictures: Readonly<Record<Split, Readonly<Record<Domain, Pictures>>>>;
  /** Counts one picture; true where the stage is to stop. */
  readonly onPicture: () => boolean;
  readonly report: (figures: Readonly<Record<string, number>>) => void;
}

async function evaluate(context: Context): Promise<Result<void>> {
  const trained = findGenerators(context.inputs);
  if (!trained.ok) return trained;
  const images = await findImages(context.inputs);
  if (!images.ok) return images;
  if (!context.engine) throw new Error('evaluate was started without an engine');
  const engine = await loadEngine(context.engine);
  if (!engine.ok) return engine;
  const { tf } = engine.value;
  const generators = { AtoB: await loadGenerator(tf, trained.value, 'AtoB'), BtoA: await loadGenerator(tf, trained.value, 'BtoA') };
  const pictures = await openAll(images.value, { atMost: context.params.images, size: generators.AtoB });
  try {
    const checked = checkSizes(pictures.test, generators.AtoB);
    if (!checked.ok) return checked;
    return await evaluateAll(startWork(context, images.value.paired, pictures), generators);
  } finally {
    for (const split of splits) for (const domain of domains) await pictures[split][domain].close();
    for (const translation of translations) generators[translation].dispose();
  }
}

async function openAll({ parts }: ImageSource, options: OpenOptions): Promise<Work['pictures']> {
  const open = async (split: Split) => ({ A: await openPictures(parts[split].A, options), B: await openPictures(parts[split].B, options) });
  return { train: await open('train'), test: await open('test') };
}

/** The smaller side that SSIM's window needs. */
const SMALLEST_SIDE = 11;

function checkSizes(test: Work['pictures']['test'], generator: Generator): Result<void> {
  for (const domain of domains) {
    const { height, width, of } = test[domain];
    if (height < generator.height || width < generator.width) {
      return evaluateFailed('evaluate-size-mismatch', `the generators take ${generator.width}×${generator.height}, the test images are ${width}×${height}`, {
        hint: 'let train and evaluate read from the same normalize stage',
      });
    }
    if (Math.min(height, width) < SMALLEST_SIDE) {
      return evaluateFailed('evaluate-too-small', `the images are ${width}×${height}, too small to compare`, { expected: 'at least 11×11 pixels' });
    }
    if (of < 2) return evaluateFailed('evaluate-too-small', `test/${domain} has ${of} image`, { expected: 'at least 2' });
  }
  return ok(undefined);
}

function startWork(context: Context, paired: boolean, pictures: Work['pictures']): Work {
  const total = splits.flatMap((split) => domains.map((domain) => pictures[split][domain].names.length)).reduce((a, b) => a + b, 0);
  let done = 0;
  const onPicture = () => {
    context.progress({ done: ++done, total, unit: 'images' });
    return context.stop.aborted;
  };
  const report = (figures: Readonly<Record<string, number>>) => context.progress({ done, total, unit: 'images', figures });
  return { context, paired, pictures, onPicture, report };
}

type Generators = Readonly<Record<Translation, Generator>>;

async function evaluateAll(work: Work, generators: Generators): Promise<Result<void>> {
  const { train } = work.pictures;
  const A = await statisticsOf(train.A, work.onPicture);
  const B = A && (await statisticsOf(train.B, work.onPicture));
  if (!A || !B) return interrupted();
  const scores: Partial<Record<Translation, TranslationScore>> = {};
  for (const translation of translations) {
    const score = await evaluateOne(work, translation, generators[translation], { A, B });
    if (!score) return interrupted();
    scores[translation] = score;
  }
  const both = { AtoB: scores.AtoB!, BtoA: scores.BtoA! };
  await writeEvaluation(work, both);
  work.report(figuresOf(both));
  return ok(undefined);
}

async function evaluateOne(
  work: Work,
  translation: Translation,
  generator: Generator,
  statistics: Readonly<Record<Domain, DomainStatistics>>,
): Promise<TranslationScore | undefined> {
  const { context, paired, pictures, onPicture } = work;
  const [source, target] = [sourceOf(translation), targetOf(translation)];
  const score = await scoreTranslation({
    source: pictures.test[source],
    target: pictures.test[target],
    paired,
    baselines: baselines(statistics[source], statistics[target]),
    generator: generator.translate,
    directions: projections(context.params.directions, randomStream(context.seed, 'evaluate directions').normal),
    onPicture,
  });
  if (score) await writeStrip(work, translation, generator);
  return score;
}

async function writeStrip({ context, paired, pictures }: Work, translation: Translation, generator: Generator): Promise<void> {
  if (context.params.strip === 0) return;
  const { [sourceOf(translation)]: source, [targetOf(translation)]: truth } = pictures.test;
  const strip = await comparisonStrip({
    source,
    ...(paired && { truth }),
    generator: generator.translate,
    rows: context.params.strip,
    columns: 2,
  });
  await mkdir(join(context.out, 'evaluation'), { recursive: true });
  const png = await encodePng({ data: toBytes(strip), height: strip.height, width: strip.width });
  await writeFile(join(context.out, 'evaluation', `${translation}.png`), png);
}

async function writeEvaluation({ context, paired, pictures: { test } }: Work, scores: Evaluation['translations']): Promise<void> {
  const count = (domain: Domain) => ({ evaluated: test[domain].names.length, of: test[domain].of });
  const evaluation: Evaluation = {
    test: { paired, images: { A: count('A'), B: count('B') }, height: test.A.height, width: test.A.width },
    translations: scores,
  };
  await writeFile(join(context.out, evaluationFile), JSON.stringify(evaluation, null, 1) + '\n');
}
