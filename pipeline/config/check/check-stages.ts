/** Checks every stage of a config against its definition, and fills in its defaults. */
import type { Failure } from '../../failure.ts';
import { failed } from '../../failure.ts';
import type { Json } from '../../stage.ts';
import type { Dropped } from '../schema/belongs-to.ts';
import { dropOrphans } from '../schema/belongs-to.ts';
import type { MapEntry, MapNode } from '../tree/config-node.ts';
import { mapping, toJson, withEntry } from '../tree/config-node.ts';
import { didYouMean } from '../nearest-name.ts';
import { stageValidatorName } from '../schema/schema.ts';
import { problemsBySchema } from '../schema/schema-problems.ts';
import { whereOf } from '../tree/source.ts';
import type { StageFinder } from './find-definition.ts';
import type { StageLinks } from './stage-links.ts';
import { linkProblems, namesIn } from './stage-links.ts';

export interface CheckedStage extends StageLinks {
  /** The parameters with their defaults, as the schema accepts them. */
  readonly params: Json;
}

export interface CheckedStages {
  readonly stages: readonly CheckedStage[];
  readonly problems: readonly Failure[];
  readonly dropped: readonly Dropped[];
  /** The config without what was dropped. */
  readonly root: MapNode;
}

/** `root`: the whole config, references resolved, its own schema checked. */
export async function checkStages(root: MapNode, finder: StageFinder): Promise<CheckedStages> {
  const stagesEntry = root.entries.get('stages');
  if (stagesEntry?.node.kind !== 'map') return { stages: [], problems: [], dropped: [], root };
  const whole = stagesEntry.node;
  const checks = [];
  for (const [name, entry] of whole.entries) checks.push(await checkStage(name, entry, root, finder));
  const stages = checks.flatMap(({ stage }) => (stage === undefined ? [] : [stage]));
  const problems = [...checks.flatMap((check) => check.problems), ...linkProblems(stages, [...whole.entries.keys()])];
  const entries = new Map(checks.map(({ name, entry }) => [name, entry]));
  return { stages, problems, dropped: checks.flatMap((check) => check.dropped), root: withEntry(root, 'stages', { ...stagesEntry, node: { ...whole, entries } }) };
}

/** One stage, checked by itself: whom it reads is looked at with all. */
export interface StageCheck {
  readonly name: string;
  readonly entry: MapEntry;
  readonly stage?: CheckedStage;
  readonly problems: readonly Failure[];
  readonly dropped: readonly Dropped[];
}

/** `root`: as for {@link checkStages}; of it only this stage is looked at. */
export async function checkStage(name: string, entry: MapEntry, root: MapNode, finder: StageFinder): Promise<StageCheck> {
  // Refused by the config's schema, which says so.
  if (entry.node.kind === 'list' || (entry.node.kind === 'scalar' && entry.node.value !== null)) return { name, entry, problems: [], dropped: [] };
  // A stage with nothing after its name has no parameters.
  const node = entry.node.kind === 'map' ? entry.node : mapping([], entry.node.source, entry.node.layer);
  const uses = usesOf(name, node);
  const found = await finder.find(uses, node.entries.get('uses')?.node);
  if (!found.ok) return { name, entry, problems: [{ ...found.failure, stage: name }], dropped: [] };
  const definition = found.value;
  if (definition === undefined) return { name, entry, problems: [unknownStage(name, uses, entry, node, finder.names)], dropped: [] };
  const { params: kept, dropped } = dropOrphans(node, definition.schema, ['stages', name]);
  const own = { ...kept, entries: new Map([...kept.entries].filter(([key]) => key !== 'uses' && key !== 'from')) };
  const params = toJson(own);
  const validated = { root, path: ['stages', name], schema: definition.schema, value: params, alsoKnown: ['uses', 'from'] };
  const fromNode = node.entries.get('from')?.node;
  const stage = { name, definition, params, from: namesIn(fromNode), fromNode, key: entry.key };
  return { name, entry: { ...entry, node: kept }, stage, problems: await problemsBySchema(stageValidatorName(definition.uses), validated), dropped };
}

function usesOf(name: string, node: MapNode): string {
  const uses = node.entries.get('uses')?.node;
  return uses?.kind === 'scalar' && typeof uses.value === 'string' ? uses.value : name;
}

function unknownStage(name: string, uses: string, entry: MapEntry, node: MapNode, known: readonly string[]): Failure {
  const source = node.entries.get('uses')?.node.source ?? entry.key;
  const hint = didYouMean(uses, known) ?? (uses === name ? `a stage of another name says what it is: { uses: ${known[0] ?? 'command'} }` : undefined);
  const details = { ...(source && { where: whereOf(source) }), expected: `one of ${known.join(', ')}`, ...(hint === undefined ? {} : { hint }) };
  return failed('unknown-stage', `there is no stage "${uses}"`, details).failure;
}
