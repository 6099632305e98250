/** What a run folder holds of results: the scores of its evaluation, the losses of its training, its pictures. */
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metric, ResultPicture, RunResults, StageOfRun, Curve } from '../../pipeline/catalog.ts';
import type { Json } from '../../pipeline/stage.ts';
import { evaluateStage } from '../evaluate/definition.ts';
import { evaluationFile, trainedMethods, type Evaluation } from '../evaluate/evaluation.ts';
import { trainStage } from '../train/definition.ts';
import { readSampleName } from '../train/samples/sample-name.ts';
import { translations, type Translation } from '../translation.ts';
import { readLossCurves, type LossCurves } from './loss-curves.ts';
import { betterOfLoss, lossLabel, metricName, scoreNames, scores } from './measures.ts';

const metricsFile = 'metrics.jsonl';

/** Whatever is missing is left out; what is there and cannot be read is in the notes. */
export async function readResults(folder: string, stages: readonly StageOfRun[]): Promise<RunResults> {
  const parts: RunResults[] = [];
  const taken = new Set<string>();
  for (const stage of stages) {
    const file = stage.uses === trainStage.uses ? metricsFile : stage.uses === evaluateStage.uses ? evaluationFile : undefined;
    if (file === undefined) continue;
    // Of two stages of a kind, the later has its files below a folder of its name.
    const below = await isFile(join(folder, stage.name, file)) ? `${stage.name}/` : '';
    if (taken.has(below + file)) continue;
    taken.add(below + file);
    parts.push(await (file === metricsFile ? resultsOfTraining : resultsOfEvaluation)({ folder, below, stage }));
  }
  return {
    metrics: parts.flatMap(({ metrics }) => metrics), curves: parts.flatMap(({ curves }) => curves),
    pictures: parts.flatMap(({ pictures }) => pictures), told: parts.flatMap(({ told }) => told), notes: parts.flatMap(({ notes }) => notes),
  };
}

interface Place {
  readonly folder: string;
  /** '' or a folder with a slash. */
  readonly below: string;
  readonly stage: StageOfRun;
}

const nameIn = ({ below }: Place, name: string): string => `${below.replace('/', '.')}${name}`;
const labelIn = ({ below }: Place, label: string): string => (below === '' ? label : `${label} (${below.slice(0, -1)})`);
const isFile = (path: string): Promise<boolean> => stat(path).then((stats) => stats.isFile(), () => false);
const translationLabel = (translation: Translation): string => (translation === 'AtoB' ? 'A → B' : 'B → A');

async function resultsOfTraining(place: Place): Promise<RunResults> {
  const file = `${place.below}${metricsFile}`;
  const read = await readLossCurves(join(place.folder, file));
  const losses = read?.losses ?? [];
  const isHeadline = (name: string): boolean => name === 'generator_loss' || name === 'discriminator_loss';
  const common = (name: string) => {
    const basis = [basisOfLoss(name, place.stage.params), lengthText(read?.end)].filter((part) => part !== undefined).join(', ');
    return { name: nameIn(place, name), label: labelIn(place, lossLabel(name)), headline: isHeadline(name), ...(basis === '' ? {} : { basis }) };
  };
  return {
    metrics: losses.map(({ name, last, best }): Metric => {
      const better = betterOfLoss(name);
      return { ...common(name), of: 'losses', value: last, ...(better === undefined ? {} : { better, best }) };
    }),
    curves: losses.map(({ name, points }): Curve => ({ ...common(name), points })),
    pictures: await samples(place),
    told: losses.length === 0 ? [] : [place.stage.name],
    notes: read === undefined || read.unread === 0 ? [] : [`${file}: ${read.unread} ${read.unread === 1 ? 'line is' : 'lines are'} no epoch`],
  };
}

/** A loss goes on falling: after more iterations it is of another training. */
const lengthText = (end: LossCurves['end']): string | undefined =>
  (end === undefined ? undefined : `after ${end.epoch} ${end.epoch === 1 ? 'epoch' : 'epochs'}, ${end.iteration} ${end.iteration === 1 ? 'iteration' : 'iterations'}`);

/** The sum of the generators' terms is weighted; the adversarial terms and the discriminators' are of the GAN's kind. */
function basisOfLoss(name: string, params: Json | undefined): string | undefined {
  const loss = memberOf(params, 'loss');
  const [weights, gan] = [memberOf(loss, 'weights'), memberOf(loss, 'gan')];
  const kind = gan === undefined ? undefined : `gan ${String(gan)}`;
  if (name === 'generator_loss') return weights === undefined ? kind : [`weights ${weightsText(weights)}`, kind].filter((part) => part !== undefined).join(', ');
  return /^(adversarial|discriminator)/.test(name) ? kind : undefined;
}

/** `adversarial 1, cycle 10, identity 5`; an unequal pair as one. */
function weightsText(weights: Json): string {
  const text = (value: Json): string => (Array.isArray(value) && value.length === 2 && value[0] === value[1] ? String(value[0]) : JSON.stringify(value));
  return Object.entries(weights as { readonly [key: string]: Json }).map(([name, value]) => `${name} ${text(value)}`).join(', ');
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as { readonly [key: string]: Json })[name] : undefined;
}

async function samples(place: Place): Promise<readonly ResultPicture[]> {
  const names = await readdir(join(place.folder, place.below, 'samples')).catch((): string[] => []);
  return names.sort().flatMap((file) => {
    const sample = readSampleName(file);
    if (sample === undefined) return [];
    const way = sample.translation === 'AtoB' ? 'A → B → A' : 'B → A → B';
    return [{ name: nameIn(place, `sample ${sample.translation} ${sample.image}`), label: labelIn(place, `${way}, ${sample.image}: original, generated, reconstructed`), epoch: sample.epoch, path: `${place.below}samples/${file}` }];
  });
}

async function resultsOfEvaluation(place: Place): Promise<RunResults> {
  const path = `${place.below}${evaluationFile}`;
  const text = await readFile(join(place.folder, path), 'utf8').catch(() => undefined);
  const evaluation = text === undefined ? undefined : parseEvaluation(text);
  if (evaluation === undefined) return { metrics: [], curves: [], pictures: [], told: [], notes: text === undefined ? [] : [`${path} cannot be read as an evaluation`] };
  return { metrics: translations.flatMap((translation) => metricsOf(place, evaluation, translation)), curves: [], pictures: await strips(place), told: [place.stage.name], notes: [] };
}

function metricsOf(place: Place, evaluation: Evaluation, translation: Translation): readonly Metric[] {
  const { methods, epochs = [] } = evaluation.translations[translation];
  const method = trainedMethods.find((each) => methods[each] !== undefined);
  const found = method === undefined ? undefined : methods[method];
  if (found === undefined) return [];
  return scoreNames.flatMap((score): readonly Metric[] => {
    const value = found[score];
    if (value === undefined) return [];
    const kept = epochs.flatMap((each) => {
      const at = (each as unknown as Readonly<Record<string, unknown>>)[score];
      return typeof at === 'number' ? [{ value: at, epoch: each.epoch }] : [];
    });
    const best = kept.length === 0 ? undefined : kept.reduce((least, each) => (each.value < least.value ? each : least));
    return [{
      name: nameIn(place, `${metricName(score)}_${translation}`), label: labelIn(place, `${scores[score].label}, ${translationLabel(translation)}`),
      of: 'evaluation', better: scores[score].better, headline: true, value: value ?? Infinity, basis: basisOfScore(evaluation, score), ...(best === undefined ? {} : { best }),
    }];
  });
}

/** Every score is of these images at this size; KID and FID are of a network's features, too. */
function basisOfScore({ test, features }: Evaluation, score: string): string {
  const images = `${test.images.A.evaluated} and ${test.images.B.evaluated} test images of ${test.width}×${test.height}`;
  return score === 'kid' || score === 'fid' ? `${images}, features of a ${features.network} network` : images;
}

async function strips(place: Place): Promise<readonly ResultPicture[]> {
  const names = await readdir(join(place.folder, place.below, 'evaluation')).catch((): string[] => []);
  return translations.filter((translation) => names.includes(`${translation}.png`)).map((translation) => ({
    name: nameIn(place, `evaluation ${translation}`), label: labelIn(place, `Evaluation, ${translationLabel(translation)}: input, translation, truth where it is known`), path: `${place.below}evaluation/${translation}.png`,
  }));
}

function parseEvaluation(text: string): Evaluation | undefined {
  try {
    const value = JSON.parse(text) as Partial<Evaluation> | null;
    const { test, translations: found, features } = value ?? {};
    const isWhole = typeof test?.images?.A === 'object' && typeof test.images.B === 'object' && typeof features === 'object' && typeof found?.AtoB?.methods === 'object' && typeof found.BtoA?.methods === 'object';
    return isWhole ? value as Evaluation : undefined;
  } catch {
    return undefined;
  }
}
