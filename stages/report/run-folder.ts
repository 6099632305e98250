/** What a run folder holds at this moment. Whatever is missing, half-written or of another version is left out. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { evaluationFile, type Evaluation } from '../evaluate/evaluation.ts';
import type { EpochMetrics } from '../train/history.ts';
import { readSampleName } from '../train/samples/sample-name.ts';
import type { SampleName } from '../train/samples/sample-name.ts';

/** `run.json`, as far as the report shows it. */
export interface RunRecord {
  readonly name?: string;
  readonly digest?: string;
  readonly state?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly seconds?: number;
  readonly command?: readonly string[];
  readonly stages?: Readonly<Record<string, StageRecord>>;
}

export interface StageRecord {
  readonly uses?: string;
  readonly state?: string;
  readonly seconds?: number;
  readonly reason?: string;
  readonly failure?: { readonly message?: string; readonly hint?: string };
}

/** `plan.json`, as far as the report shows it. */
export interface PlanRecord {
  readonly stages?: readonly { readonly name: string; readonly uses: string; readonly from: readonly string[] }[];
}

/** A file of `samples/`. */
export interface Sample extends SampleName {
  readonly file: string;
}

export interface RunFolder {
  readonly folder: string;
  readonly run?: RunRecord;
  readonly plan?: PlanRecord;
  readonly config?: string;
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly metrics: readonly EpochMetrics[];
  /** The latest epoch first, then by translation and image. */
  readonly samples: readonly Sample[];
  readonly evaluation?: Evaluation;
  /** File names in `evaluation/`. */
  readonly comparisons: readonly string[];
}

export async function readRunFolder(folder: string): Promise<RunFolder> {
  const [run, plan, environment, evaluation] = await Promise.all(['run.json', 'plan.json', 'environment.json', evaluationFile].map((name) => readJson(folder, name)));
  const config = await readText(folder, 'config.yaml');
  return {
    folder,
    ...(isRecord(run) && { run: run as RunRecord }),
    ...(isRecord(plan) && { plan: plan as PlanRecord }),
    ...(isRecord(environment) && { environment }),
    ...(isEvaluation(evaluation) && { evaluation }),
    ...(config !== undefined && { config }),
    metrics: metricsOf(await readText(folder, 'metrics.jsonl')),
    samples: samplesOf(await namesIn(folder, 'samples')),
    comparisons: (await namesIn(folder, 'evaluation')).filter((name) => /^(AtoB|BtoA)\.png$/.test(name)),
  };
}

async function readText(folder: string, name: string): Promise<string | undefined> {
  return readFile(join(folder, name), 'utf8').catch(ignoreMissing);
}

async function readJson(folder: string, name: string): Promise<unknown> {
  return parse((await readText(folder, name)) ?? '');
}

async function namesIn(folder: string, name: string): Promise<readonly string[]> {
  return ((await readdir(join(folder, name)).catch(ignoreMissing)) ?? []).sort();
}

function ignoreMissing(error: unknown): undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
  throw error;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A last line that is still being written is left out. */
function metricsOf(text = ''): EpochMetrics[] {
  return text.split('\n').map(parse).filter(isEpoch);
}

function samplesOf(names: readonly string[]): Sample[] {
  const samples = names.flatMap((file): Sample[] => {
    const sample = readSampleName(file);
    return sample ? [{ file, ...sample }] : [];
  });
  return samples.sort((a, b) => b.epoch - a.epoch);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

const isEpoch = (value: unknown): value is EpochMetrics => isRecord(value) && typeof value['epoch'] === 'number' && isRecord(value['terms']);

function isEvaluation(value: unknown): value is Evaluation {
  return isRecord(value) && isRecord(value['test']) && isRecord(value['translations']) && isRecord(value['translations']['AtoB']) && isRecord(value['translations']['BtoA']);
}
