/** What one run folder tells: read once, nothing compared. Whatever is missing or damaged is left out and noted. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errorCode } from '../cache/file-failure.ts';
import type { Catalog } from '../catalog.ts';
import type { WrittenPlaces } from '../config/written-places.ts';
import type { Manifest } from '../plan/manifest.ts';
import type { ListedRun } from '../run-folder/list-runs.ts';
import type { Json } from '../stage.ts';
import type { Metric, RunResults, StageOfRun } from './results.ts';

export interface GatheredStage {
  readonly name: string;
  readonly from: readonly string[];
  readonly manifest: Manifest;
}

export interface RecordedCode {
  readonly commit: string;
  readonly dirty: boolean;
  /** git.patch, where the run kept one. */
  readonly patch: string | undefined;
  /** Absolute folders in which its repository may be. */
  readonly folders: readonly string[];
}

export interface GatheredRun {
  readonly listed: ListedRun;
  /** The folder that holds runs/ and .giverny/. */
  readonly root: string;
  /** The resolved config; undefined where it cannot be read. */
  readonly config: Json | undefined;
  readonly seed: number | undefined;
  /** Undefined: the run did not record them. */
  readonly places: WrittenPlaces | undefined;
  /** In the plan's order. */
  readonly stages: readonly GatheredStage[];
  readonly environment: Readonly<Record<string, Json>> | undefined;
  /** null: in no repository; undefined: not known. */
  readonly code: RecordedCode | null | undefined;
  readonly results: RunResults;
  /** Of a sweep's trial: its place on the axes. */
  readonly values?: Readonly<Record<string, Json>>;
  readonly notes: readonly string[];
}

type JsonObject = { readonly [key: string]: Json };

export async function gatherRun(listed: ListedRun, catalog: Catalog, values?: Readonly<Record<string, Json>>): Promise<GatheredRun> {
  const { folder } = listed;
  const root = resolve(folder, '../..');
  const notes: string[] = [];
  const read = async (name: string, parse: (text: string) => unknown): Promise<JsonObject | undefined> => {
    const text = await textOf(join(folder, name));
    const value = text === undefined ? undefined : parsed(text, parse);
    if (value === undefined) notes.push(text === undefined ? `${name} is missing` : `${name} cannot be read`);
    return value;
  };
  const [plan, environment, config] = [await read('plan.json', JSON.parse), await read('environment.json', JSON.parse), await read('config.yaml', await yamlParser())];
  const stages = stagesOf(plan);
  const results = await resultsOf(listed, stages, catalog);
  return {
    listed, root, config, environment, stages, results,
    seed: typeof config?.['seed'] === 'number' ? config['seed'] : undefined,
    places: plan?.['places'] as WrittenPlaces | undefined,
    code: await codeOf(folder, root, environment),
    ...(values === undefined ? {} : { values }),
    notes: [...notes, ...results.notes],
  };
}

/** As JSON, in which there is no NaN. */
async function yamlParser(): Promise<(text: string) => unknown> {
  const { parse } = await import('yaml');
  return (text) => JSON.parse(JSON.stringify(parse(text) ?? null)) as unknown;
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  });
}

function parsed(text: string, parse: (text: string) => unknown): JsonObject | undefined {
  try {
    const value = parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as JsonObject : undefined;
  } catch {
    return undefined; // written by an older giverny, by hand, or half
  }
}

function stagesOf(plan: JsonObject | undefined): readonly GatheredStage[] {
  const stages = plan?.['stages'];
  if (!Array.isArray(stages)) return [];
  return (stages as unknown as readonly Partial<GatheredStage>[]).filter((stage): stage is GatheredStage =>
    typeof stage?.name === 'string' && Array.isArray(stage.from) && typeof stage.manifest === 'object' && stage.manifest !== null);
}

async function codeOf(folder: string, root: string, environment: JsonObject | undefined): Promise<RecordedCode | null | undefined> {
  const git = environment?.['git'] as { readonly commit?: string; readonly dirty?: boolean; readonly folder?: string } | null | undefined;
  if (git === null || git === undefined) return git;
  if (typeof git.commit !== 'string') return undefined;
  const folders = [...(git.folder === undefined ? [] : [resolve(root, git.folder)]), root];
  return { commit: git.commit, dirty: git.dirty === true, patch: await textOf(join(folder, 'git.patch')), folders };
}

/** What the stages' own files say, and of stages that nobody knows the figures that they last gave. */
async function resultsOf({ folder, record }: ListedRun, stages: readonly GatheredStage[], catalog: Catalog): Promise<RunResults> {
  const params = new Map(stages.map(({ name, manifest }) => [name, manifest.params]));
  const asked = Object.entries(record.stages).map(([name, { uses }]): StageOfRun => {
    const known = params.get(name);
    return { name, uses, ...(known === undefined ? {} : { params: known }) };
  });
  const read = await catalog.readResults?.(folder, asked);
  const told = new Set(read?.told ?? []);
  const figures = Object.entries(record.stages).filter(([name]) => !told.has(name)).flatMap(([stage, { figures: given = {} }]) =>
    Object.entries(given).map(([name, value]): Metric => ({ name: `${stage}.${name}`, label: `${name} (${stage})`, of: 'other', headline: true, value })));
  return { metrics: [...(read?.metrics ?? []), ...figures], curves: read?.curves ?? [], pictures: read?.pictures ?? [], told: [...told], notes: read?.notes ?? [] };
}
