/**
 * From a file and overrides to a checked config. Two halves: reading (`readConfig`, once a file) and resolving
 * (`resolveConfig`, once a set of overrides), so that a sweep of thousands reads its file once.
 */
import { basename, dirname, extname, resolve } from 'node:path';
import type { Catalog } from '../catalog.ts';
import type { Failure, Result } from '../failure.ts';
import { fail, failed, ok } from '../failure.ts';
import type { RunFinder } from '../run-folder/named-run.ts';
import type { Json } from '../stage.ts';
import { UserStages } from '../user-stages/load.ts';
import { applyOverride } from './override/apply-override.ts';
import type { Dropped } from './schema/belongs-to.ts';
import type { CheckedStage } from './check/check-stages.ts';
import { checkStages } from './check/check-stages.ts';
import { stageFinder, type StageFinder } from './check/find-definition.ts';
import type { Config } from './config.ts';
import type { MapNode } from './tree/config-node.ts';
import { scalar, toJson, withEntry } from './tree/config-node.ts';
import { engineRequest, expandEngine } from './read/engine-request.ts';
import type { ConfigDocument } from './read/extends.ts';
import { readConfig } from './read/extends.ts';
import type { Override } from './override/override.ts';
import { parseOverride } from './override/override.ts';
import { prepareStages } from './check/prepare-stages.ts';
import { combine } from './check/problem.ts';
import { withoutRemovedStages } from './check/removed-stages.ts';
import { resolvedJson } from './resolved.ts';
import { resolveReferences } from './tree/resolve-references.ts';
import { configSchema, configValidatorName } from './schema/schema.ts';
import { problemsBySchema } from './schema/schema-problems.ts';
import { placeName, shortPath, whereOf } from './tree/source.ts';
import { idleOverrides, unusedSections } from './check/unused-sections.ts';
import { writtenPlaces } from './written-places.ts';

/** A config with what `config explain` needs besides. */
export interface LoadedConfig {
  readonly config: Config;
  /** Every written value with its place, references resolved. */
  readonly root: MapNode;
  /** The parameters of each stage with their defaults, as the schema accepts them. */
  readonly stages: readonly CheckedStage[];
  readonly dropped: readonly Dropped[];
}

/** `file` and relative paths in overrides are relative to `cwd`. Without `findRun` a config can name no run. */
export async function loadConfig(file: string, overrides: readonly string[], catalog: Catalog, cwd: string, findRun?: RunFinder): Promise<Result<Config>> {
  const document = await readConfig(resolve(cwd, file));
  if (!document.ok) return document;
  const loaded = await resolveConfig(document.value, overrides, catalog, cwd, findRun);
  return loaded.ok ? ok(loaded.value.config) : loaded;
}

/** Applies overrides to a config that was read, and checks the whole. */
export async function resolveConfig(document: ConfigDocument, texts: readonly string[], catalog: Catalog, cwd: string, findRun?: RunFinder): Promise<Result<LoadedConfig>> {
  const overridden = override(document, texts, cwd);
  return overridden.ok ? resolveOverridden(document, overridden.value, { catalog, cwd, findRun }) : overridden;
}

/** A config's tree after these overrides were written over it. */
export interface Overridden {
  readonly root: MapNode;
  readonly overrides: readonly Override[];
}

export interface Resolving {
  readonly catalog: Catalog;
  /** Paths are shown relative to it. */
  readonly cwd: string;
  /** Absent: the config can name no run. */
  readonly findRun: RunFinder | undefined;
}

/** Checks the whole. */
export async function resolveOverridden(document: ConfigDocument, overridden: Overridden, { catalog, cwd, findRun }: Resolving): Promise<Result<LoadedConfig>> {
  const sweep = sweepsFile(document, cwd);
  if (sweep !== undefined) return fail(sweep);
  const remaining = withoutRemovedStages(overridden.root);
  if (!remaining.ok) return remaining;
  const references = resolveReferences(withNameAndSeed(remaining.value, document));
  if (!references.ok) return references;
  const { referenced } = references.value;
  const resolved = expandEngine(references.value.root);
  const checked = await checkStages(resolved, finderFor(document, catalog));
  const problems = [...idleOverrides(resolved, referenced, overridden.overrides), ...(await ownProblems(resolved, catalog)), ...checked.problems];
  if (problems.length > 0) return fail(combine(problems, document.file));
  const { prepared, problems: unprepared } = prepareStages(checked.stages, checked.root, { folder: dirname(document.file), findRun });
  if (unprepared.length > 0) return fail(combine(unprepared, document.file));
  const warnings = [...unusedSections(resolved, referenced, cwd), ...checked.dropped.map((dropped) => droppedLine(dropped, cwd))];
  const config = configOf(document.file, checked.root, prepared, warnings);
  return ok({ config, root: checked.root, stages: checked.stages, dropped: checked.dropped });
}

/** A sweep's file names a config and has axes, where a config has stages. */
function sweepsFile({ root, file }: ConfigDocument, cwd: string): Failure | undefined {
  const [config, axes] = [root.entries.get('config'), root.entries.get('axes')];
  if (root.entries.has('stages') || (config === undefined && axes === undefined)) return undefined;
  const source = axes?.key ?? config?.key;
  const { failure } = failed('config-missing-key', "this is a sweep's file, and no config", {
    where: source === undefined ? { file } : whereOf(source), expected: 'a config, which has stages', hint: `giverny sweep ${shortPath(file, cwd)}`,
  });
  return failure;
}

const userStages = new WeakMap<ConfigDocument, UserStages>();

/** Read once with the document: a sweep resolves it many times. */
function userStagesOf(document: ConfigDocument, catalog: Catalog): UserStages {
  const known = userStages.get(document) ?? new UserStages(catalog.userStages);
  userStages.set(document, known);
  return known;
}

/** What `uses` means in this config. */
export const finderFor = (document: ConfigDocument, catalog: Catalog): StageFinder => stageFinder(catalog.stages, userStagesOf(document, catalog), dirname(document.file));

function override(document: ConfigDocument, texts: readonly string[], cwd: string): Result<Overridden> {
  let root = document.root;
  const overrides: Override[] = [];
  for (const text of texts) {
    const parsed = parseOverride(text, document.layers, cwd);
    if (!parsed.ok) return parsed;
    const written = applyOverride(root, parsed.value);
    if (!written.ok) return written;
    root = written.value;
    overrides.push(parsed.value);
  }
  return ok({ root, overrides });
}

/** These two always have a value, which references may name. */
export function withNameAndSeed(root: MapNode, document: ConfigDocument): MapNode {
  const named = root.entries.has('name') ? root : withEntry(root, 'name', { key: undefined, node: scalar(nameOfFile(document.file), undefined, 0) });
  return named.entries.has('seed') ? named : withEntry(named, 'seed', { key: undefined, node: scalar(1, undefined, 0) });
}

function nameOfFile(file: string): string {
  const stem = basename(file, extname(file)).replaceAll(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '').slice(0, 100);
  return stem === '' ? 'config' : stem;
}

/** What the config's own schema says. `value`: the config as far as that schema looks into it. */
export function ownProblems(root: MapNode, catalog: Catalog, value: Json = toJson(root)): Promise<readonly Failure[]> {
  const hintForKey = (key: string) => misplacedHint(key, root, catalog);
  return problemsBySchema(configValidatorName, { root, path: [], schema: configSchema, value, alsoKnown: ['extends'], hintForKey });
}

/** `epochs: 2` or `train.epochs=2` at the top: the name of what lies in a stage. */
function misplacedHint(key: string, root: MapNode, catalog: Catalog): string | undefined {
  const stages = root.entries.get('stages')?.node;
  if (stages?.kind !== 'map') return undefined;
  if (stages.entries.has(key)) return `it is a stage: stages.${key}`;
  const owner = [...stages.entries.keys()].find((name) => Object.hasOwn((catalog.stages.get(name)?.schema['properties'] as object | undefined) ?? {}, key));
  return owner === undefined ? undefined : `it is a parameter of a stage: stages.${owner}.${key}`;
}

function droppedLine({ path, owner, node, ownerNode }: Dropped, cwd: string): string {
  const [name, ownerName] = [path.join('.'), owner.at(-1)!];
  const reason = `it belongs to the ${ownerName} beside which it was written, and ${ownerName} now comes from ${placeName(ownerNode.source, cwd)}`;
  return `${name} (${placeName(node.source, cwd)}) is dropped: ${reason}`;
}

function configOf(file: string, root: MapNode, stages: Config['stages'], warnings: readonly string[]): Config {
  const value = (key: string): Json | undefined => {
    const entry = root.entries.get(key);
    return entry === undefined ? undefined : toJson(entry.node);
  };
  const parts = { name: value('name') as string, seed: value('seed') as number, engine: engineRequest(value('engine')), stages };
  const resolved = resolvedJson({ ...parts, description: value('description'), report: value('report') });
  return { file, ...parts, resolved, warnings, writtenPlaces: (folder) => writtenPlaces(resolved, root, folder) };
}
