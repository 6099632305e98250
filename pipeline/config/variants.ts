/**
 * Thousands of variants of one config, as a sweep has them: the file is parsed once, and of each variant only the stages
 * are judged that its overrides reach, directly or through a ${reference}. A variant in which anything is wrong, or out of
 * the ordinary, is resolved as a whole (load.ts), so that what is said of it is what `giverny run` says.
 */
import { dirname } from 'node:path';
import { ok, type Result } from '../failure.ts';
import type { Json } from '../stage.ts';
import { checkStage } from './check/check-stages.ts';
import { linkProblems } from './check/stage-links.ts';
import { prepareStages } from './check/prepare-stages.ts';
import { withoutRemovedStages } from './check/removed-stages.ts';
import { touches } from './check/unused-sections.ts';
import type { Config } from './config.ts';
import { finderFor, ownProblems, resolveOverridden, withNameAndSeed, type Resolving } from './load.ts';
import { applyOverride } from './override/apply-override.ts';
import type { Override } from './override/override.ts';
import { JudgedStages, type JudgedStage } from './judged-stages.ts';
import { engineRequest, expandEngine } from './read/engine-request.ts';
import type { ConfigDocument } from './read/extends.ts';
import { resolvedJson } from './resolved.ts';
import { freeSections } from './schema/schema.ts';
import { mapping, toJson, withEntry, type ConfigNode, type MapEntry, type MapNode } from './tree/config-node.ts';
import { mayRefer } from './tree/reference.ts';
import { resolveNode } from './tree/resolve-references.ts';
import { writtenPlaces } from './written-places.ts';

const isFree = (name: string | undefined): boolean => freeSections.some((section) => section === name);

export class ConfigVariants {
  readonly #document: ConfigDocument;
  readonly #resolving: Resolving;
  readonly #judged = new JudgedStages();
  /** The trees after the first, the first two, … overrides of the variant before. */
  #steps: { readonly override: Override; readonly root: MapNode }[] = [];

  constructor(document: ConfigDocument, resolving: Resolving) {
    this.#document = document;
    this.#resolving = resolving;
  }

  /** The failures are those of {@link resolveOverridden}. Stages that two variants have in common are the same objects. */
  async resolve(overrides: readonly Override[]): Promise<Result<Config>> {
    const written = this.#apply(overrides);
    if (!written.ok) return written;
    const root = written.value;
    const quick = overrides.some(({ value }) => refersToSomething(value)) ? undefined : await this.#quickly(root, overrides);
    if (quick !== undefined) return ok(quick);
    const whole = await resolveOverridden(this.#document, { root, overrides }, this.#resolving);
    return whole.ok ? ok(whole.value.config) : whole;
  }

  #apply(overrides: readonly Override[]): Result<MapNode> {
    let shared = 0;
    while (shared < this.#steps.length && this.#steps[shared]!.override === overrides[shared]) shared += 1;
    this.#steps.length = shared;
    for (const override of overrides.slice(shared)) {
      const written = applyOverride(this.#steps.at(-1)?.root ?? this.#document.root, override);
      if (!written.ok) return written;
      this.#steps.push({ override, root: written.value });
    }
    return ok(this.#steps.at(-1)?.root ?? this.#document.root);
  }

  /** Undefined where the variant has to be looked at as a whole. */
  async #quickly(root: MapNode, overrides: readonly Override[]): Promise<Config | undefined> {
    const remaining = withoutRemovedStages(root);
    if (!remaining.ok) return undefined;
    const named = withNameAndSeed(remaining.value, this.#document);
    const stages = await this.#stages(named);
    const own = stages && ownSections(named);
    if (stages === undefined || own === undefined) return undefined;
    const free = overrides.filter(({ path }) => isFree(path[0]));
    if (free.some(({ path }) => !stages.some(({ referenced }) => touches(path.join('.'), referenced)))) return undefined;
    const problems = [
      ...linkProblems(stages.map(({ check }) => check.stage!), stages.map(({ check }) => check.name)),
      ...(await ownProblems(own, this.#resolving.catalog, outline(own, stages))),
    ];
    return problems.length > 0 ? undefined : this.#config(own, stages);
  }

  async #stages(root: MapNode): Promise<readonly JudgedStage[] | undefined> {
    const section = root.entries.get('stages')?.node;
    if (section?.kind !== 'map') return undefined;
    const judged: JudgedStage[] = [];
    for (const [name, entry] of section.entries) {
      const stage = this.#judged.get(root, entry) ?? (await this.#judge(root, name, entry));
      if (stage === undefined) return undefined;
      judged.push(stage);
    }
    return judged;
  }

  async #judge(root: MapNode, name: string, entry: MapEntry): Promise<JudgedStage | undefined> {
    const resolved = resolveNode(root, entry.node);
    if (!resolved.ok) return undefined;
    const { node, referenced } = resolved.value;
    const around = mapping([['stages', { key: undefined, node: mapping([[name, { ...entry, node }]], undefined, 0) }]], undefined, 0);
    const check = await checkStage(name, { ...entry, node }, around, finderFor(this.#document, this.#resolving.catalog));
    if (check.stage === undefined || check.problems.length > 0) return undefined;
    const kept = withEntry(around, 'stages', { key: undefined, node: mapping([[name, check.entry]], undefined, 0) });
    const { prepared, problems } = prepareStages([check.stage], kept, { folder: dirname(this.#document.file), findRun: this.#resolving.findRun });
    if (problems.length > 0) return undefined;
    const judged = { referenced, check, node: check.entry.node, config: prepared[0]! };
    this.#judged.set(root, entry, judged);
    return judged;
  }

  #config(root: MapNode, judged: readonly JudgedStage[]): Config {
    return new VariantConfig(this.#document.file, root, judged);
  }
}

/**
 * A class, since V8 gives every object literal with a getter a hidden class of its own, which lives, and with it all that
 * the getter knows, until all of the memory is collected: 12 KiB a trial.
 */
class VariantConfig implements Config {
  readonly file: string;
  readonly name: string;
  readonly seed: number;
  readonly engine: Config['engine'];
  readonly stages: Config['stages'];
  readonly warnings: Config['warnings'] = [];
  readonly #root: MapNode;
  readonly #judged: readonly JudgedStage[];

  constructor(file: string, root: MapNode, judged: readonly JudgedStage[]) {
    this.#root = root;
    this.#judged = judged;
    this.file = file;
    this.name = valueOf(root, 'name') as string;
    this.seed = valueOf(root, 'seed') as number;
    this.engine = engineRequest(valueOf(root, 'engine'));
    this.stages = judged.map(({ config }) => config);
  }

  /** Only a variant that is run needs it. */
  get resolved(): Json {
    const { name, seed, engine, stages } = this;
    return resolvedJson({ name, seed, engine, stages, description: valueOf(this.#root, 'description'), report: valueOf(this.#root, 'report') });
  }

  writtenPlaces(folder: string): ReturnType<typeof writtenPlaces> {
    return writtenPlaces(this.resolved, withStages(this.#root, this.#judged), folder);
  }
}

const valueOf = (root: MapNode, key: string): Json | undefined => {
  const entry = root.entries.get(key);
  return entry === undefined ? undefined : toJson(entry.node);
};

function refersToSomething(node: ConfigNode): boolean {
  if (node.kind === 'scalar') return typeof node.value === 'string' && mayRefer(node.value);
  return node.kind === 'list' ? node.items.some(refersToSomething) : [...node.entries.values()].some((entry) => refersToSomething(entry.node));
}

/** The top of the config without its stages and free sections, references resolved. */
function ownSections(root: MapNode): MapNode | undefined {
  const entries = new Map<string, MapEntry>();
  for (const [key, entry] of root.entries) {
    if (key === 'stages' || isFree(key)) {
      entries.set(key, entry);
      continue;
    }
    const resolved = resolveNode(root, entry.node);
    if (!resolved.ok) return undefined;
    entries.set(key, { ...entry, node: resolved.value.node });
  }
  return expandEngine({ ...root, entries });
}

/** The config as far as its own schema looks into it: of a stage what it uses and reads, of a free section that it is one. */
function outline(root: MapNode, judged: readonly JudgedStage[]): Json {
  const stages = judged.map(({ check, node }) => {
    const entries = node.kind === 'map' ? ['uses', 'from'].flatMap((key) => (node.entries.has(key) ? [[key, toJson(node.entries.get(key)!.node)] as const] : [])) : undefined;
    return [check.name, entries === undefined ? toJson(node) : Object.fromEntries(entries)] as const;
  });
  return Object.fromEntries([...root.entries].map(([key, { node }]) => {
    if (key === 'stages') return [key, Object.fromEntries(stages)];
    return [key, isFree(key) && node.kind === 'map' ? {} : toJson(node)];
  }));
}

function withStages(root: MapNode, judged: readonly JudgedStage[]): MapNode {
  const entry = root.entries.get('stages')!;
  const node = mapping(judged.map(({ check, node: stage }) => [check.name, { key: check.entry.key, node: stage }]), entry.node.source, entry.node.layer);
  return withEntry(root, 'stages', { ...entry, node });
}
