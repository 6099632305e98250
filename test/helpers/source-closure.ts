/**
 * Which sources decide what a stage makes: the file of its definition and all that it imports, however indirectly, now or
 * on use. Comments, blanks and types do not count; the versions of the packages do.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, transform } from 'esbuild';
import type { Metafile } from 'esbuild';
import { canonicalJson } from '../../pipeline/plan/canonical-json.ts';

export interface StageSource {
  readonly uses: string;
  readonly version: number;
  /** Relative to the project. */
  readonly entry: string;
  /** sha256, hex, of the closure. */
  readonly closure: string;
}

/** The contract with the runner decides nothing that a stage makes. */
const contract = new Set(['pipeline/stage.ts', 'pipeline/failure.ts', 'pipeline/catalog.ts']);

/** Every stage that `index` (relative to `project`) imports, by the name that `uses` gives. */
export async function stageSources(project: string, index = 'stages/index.ts'): Promise<readonly StageSource[]> {
  const graph = await importGraph(project, index);
  const sources: StageSource[] = [];
  for (const entry of localImports(graph, index)) {
    for (const { uses, version } of await definitionsIn(path.join(project, entry))) {
      sources.push({ uses, version, entry, closure: await closureDigest(project, graph, entry) });
    }
  }
  return sources.sort((left, right) => (left.uses < right.uses ? -1 : 1));
}

/** Of one file and all that it imports. */
export async function sourceClosure(project: string, entry: string): Promise<string> {
  return closureDigest(project, await importGraph(project, entry), entry);
}

type Graph = Metafile['inputs'];

async function importGraph(project: string, entry: string): Promise<Graph> {
  const { metafile } = await build({
    absWorkingDir: project, entryPoints: [entry], bundle: true, write: false, metafile: true,
    platform: 'node', format: 'esm', packages: 'external', splitting: false, logLevel: 'silent', outdir: 'unused',
  });
  return metafile.inputs;
}

function localImports(graph: Graph, file: string): readonly string[] {
  return (graph[file]?.imports ?? []).filter((each) => each.external !== true).map((each) => each.path);
}

interface NamedVersion {
  readonly uses: string;
  readonly version: number;
}

async function definitionsIn(file: string): Promise<readonly NamedVersion[]> {
  const exported = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  return Object.values(exported).filter(isDefinition);
}

function isDefinition(value: unknown): value is NamedVersion {
  return typeof value === 'object' && value !== null && 'uses' in value && 'version' in value && 'load' in value;
}

async function closureDigest(project: string, graph: Graph, entry: string): Promise<string> {
  const files = [...reachable(graph, entry)].filter((file) => !contract.has(file)).sort();
  const sources = await Promise.all(files.map(async (file) => [file, await meaningOf(path.join(project, file))]));
  const packages = [...new Set(files.flatMap((file) => packagesOf(project, graph, file)))].sort();
  const versions = installedVersions(project);
  const closure = { sources, packages: packages.map((name) => [name, versions.get(name) ?? null]) };
  return createHash('sha256').update(canonicalJson(closure)).digest('hex');
}

function reachable(graph: Graph, entry: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(entry) || contract.has(entry)) return seen;
  seen.add(entry);
  for (const file of localImports(graph, entry)) reachable(graph, file, seen);
  return seen;
}

async function meaningOf(file: string): Promise<string> {
  const text = readFileSync(file, 'utf8');
  if (!/\.[cm]?[jt]s$/.test(file)) return text;
  const { code } = await transform(text, { loader: 'ts', format: 'esm', target: 'es2023', minifyWhitespace: true, legalComments: 'none' });
  return code;
}

function packagesOf(project: string, graph: Graph, file: string): readonly string[] {
  const imported = (graph[file]?.imports ?? []).filter((each) => each.external === true).map((each) => each.path);
  // What createRequire gives is no import to esbuild.
  const required = [...readFileSync(path.join(project, file), 'utf8').matchAll(/\brequire\('([^'./][^']*)'\)/g)].map(([, name]) => name!);
  const names = [...imported, ...required];
  return names.filter((name) => !isBuiltin(name)).map((name) => name.split('/').slice(0, name.startsWith('@') ? 2 : 1).join('/'));
}

/** By package-lock.json. */
function installedVersions(project: string): ReadonlyMap<string, string> {
  const lock = JSON.parse(readFileSync(path.join(project, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version?: string }>>;
  };
  const prefix = 'node_modules/';
  return new Map(Object.entries(lock.packages).flatMap(([place, { version }]) =>
    (place.startsWith(prefix) && version !== undefined ? [[place.slice(prefix.length), version] as const] : [])));
}
