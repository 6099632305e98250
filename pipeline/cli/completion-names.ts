/** The names that a command line can be completed by: configs, their paths, runs, sweeps, tags. Of what cannot be read there are none. */
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { explainAll, type ExplainedValue } from '../config/explain.ts';
import { resolveConfig } from '../config/load.ts';
import { readConfig } from '../config/read/extends.ts';
import { fieldNamesOf, runFields } from '../query/run-fields.ts';
import { briefRuns } from '../run-folder/brief-runs.ts';
import { latestName } from '../run-folder/latest.ts';
import { listSweeps } from '../sweep/sweep-folder.ts';
import type { CommandIo } from './command.ts';
import { findConfig, shippedConfigs } from './find-config.ts';
import { queriedRuns } from './queried-runs.ts';

/** YAML files and folders next below what is written so far; and those that giverny brings. */
export function configFiles(current: string, { cwd }: CommandIo): readonly string[] {
  const folder = current.slice(0, current.lastIndexOf('/') + 1);
  return [...entriesIn(folder, cwd), ...shippedConfigs()];
}

function entriesIn(folder: string, cwd: string): readonly string[] {
  try {
    return readdirSync(resolve(cwd, folder)).filter((name) => !name.startsWith('.') && name !== 'node_modules').flatMap((name) => {
      if (/\.ya?ml$/.test(name)) return [folder + name];
      return statSync(join(resolve(cwd, folder), name), { throwIfNoEntry: false })?.isDirectory() === true ? [`${folder}${name}/`] : [];
    });
  } catch {
    return [];
  }
}

/** Paths of the config as overrides, one step further than what is written; behind = the value that it has. */
export async function pathsOf(config: string, current: string, io: CommandIo): Promise<readonly string[]> {
  const values = await valuesOf(config, io);
  if (current.includes('=')) return values.map(({ path, value }) => `${path}=${plain(value)}`).filter((each) => each.startsWith(current) && !/[\s"']/.test(each));
  const meant = values.filter(({ path }) => path.startsWith(current));
  const steps = meant.map(({ path }) => {
    const dot = path.indexOf('.', current.length);
    return dot < 0 ? `${path}=` : path.slice(0, dot + 1);
  });
  // One way on: go it as far as it does not part.
  return new Set(steps).size === 1 && steps[0]!.endsWith('.') && steps[0] !== current ? pathsOf(config, steps[0]!, io) : steps;
}

/** A word needs no quotes, which the shell would take away. */
const plain = (value: string): string => value.replace(/^"(?!(?:true|false|null)"$)([A-Za-z][\w./-]*)"$/, '$1');

async function valuesOf(config: string, io: CommandIo): Promise<readonly ExplainedValue[]> {
  const file = findConfig(config, io, () => undefined);
  const document = file.ok ? await readConfig(file.value) : file;
  if (!document.ok) return [];
  const loaded = await resolveConfig(document.value, [], io.catalog, io.cwd);
  return loaded.ok ? explainAll(loaded.value, io.cwd) : [];
}

export async function stagesOfConfig(config: string | undefined, io: CommandIo): Promise<readonly string[]> {
  if (config === undefined) return [];
  return [...new Set((await valuesOf(config, io)).flatMap(({ path }) => /^stages\.([^.]+)\./.exec(path)?.[1] ?? []))];
}

export async function runNames({ root }: CommandIo): Promise<readonly string[]> {
  const { runs } = await briefRuns(root);
  return runs.length === 0 ? [] : [...runs.map(({ run }) => run), latestName];
}

export async function stagesOfRun(wanted: string, { root }: CommandIo): Promise<readonly string[]> {
  const run = (await briefRuns(root)).runs.find((each) => (wanted === latestName ? each.latest : each.run.startsWith(wanted) || each.record.digest.startsWith(wanted)));
  return Object.keys(run?.record.stages ?? {});
}

export const sweepNames = async ({ root }: CommandIo): Promise<readonly string[]> => (await listSweeps(root)).map(({ sweep }) => sweep);

export const tagNames = async ({ root }: CommandIo): Promise<readonly string[]> => (await queriedRuns(root)).runs.flatMap((run) => run.labels().tags);

/** Of the newest runs: those of one project are much alike. */
export async function fieldNames({ root }: CommandIo): Promise<readonly string[]> {
  return [...runFields, ...(await queriedRuns(root)).runs.slice(0, 20).flatMap(fieldNamesOf)];
}
