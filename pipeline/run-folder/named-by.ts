/** Who else names a run: configs of other runs, and config files of the project, that begin with its networks. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Json } from '../stage.ts';
import type { BriefRun } from './brief-runs.ts';
import { runsFolder } from './list-runs.ts';

/** The names of runs, and paths of files relative to `root`, that name one of `removed`; by the name of the run. */
export function namedBy(removed: readonly BriefRun[], others: readonly BriefRun[], root: string): ReadonlyMap<string, readonly string[]> {
  const named = new Map<string, string[]>();
  const names = new Set(removed.map(({ run }) => run));
  const runs = runsFolder(root) + sep;
  const note = (run: string, by: string): unknown => named.set(run, [...(named.get(run) ?? []), by]);
  for (const other of others) {
    // A resolved config names a run by the path of its folder, or of one in it.
    const folders = new Set(textsIn(other.config()).filter((text) => text.startsWith(runs)).map((text) => text.slice(runs.length).split(sep, 1)[0]!));
    for (const run of folders) if (names.has(run)) note(run, other.run);
  }
  for (const { file, names: written } of configFiles(root)) {
    for (const { run, folder } of removed) if (written.some((name) => isMeant(name, run, folder))) note(run, relative(root, file));
  }
  return named;
}

function textsIn(json: Json | undefined): readonly string[] {
  if (typeof json === 'string') return [json];
  return typeof json === 'object' && json !== null ? Object.values(json).flatMap(textsIn) : [];
}

/** As `init_from` may name it: by its beginning, by that of its id, or by its folder. */
function isMeant(name: string, run: string, folder: string): boolean {
  if (/[/\\]/.test(name)) return name.split(/[/\\]/).includes(run) || name.startsWith(folder);
  return name !== '' && name !== 'latest' && (run.startsWith(name) || run.slice(-12).startsWith(name));
}

/** A value of `init_from`, however it is quoted. */
const mention = /^[^#\n]*\binit_from:[ \t]*["']?([^\s"'#,}]+)/gm;

/** YAML in the project's folder and below its `configs/`: a look at the text is enough for a warning. */
function configFiles(root: string): readonly { readonly file: string; readonly names: readonly string[] }[] {
  const files = [...yamlIn(root, false), ...yamlIn(join(root, 'configs'), true)];
  return files.map((file) => ({ file, names: [...textOf(file).matchAll(mention)].map((match) => match[1]!) })).filter(({ names }) => names.length > 0);
}

function yamlIn(folder: string, deep: boolean): readonly string[] {
  try {
    return readdirSync(folder, { recursive: deep, encoding: 'utf8' }).filter((name) => /\.ya?ml$/.test(name)).map((name) => join(folder, name));
  } catch {
    return []; // no such folder, or one that may not be read
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
