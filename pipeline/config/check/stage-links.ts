/** Who reads whom: every `from` names a stage, nobody reads in a circle, and each reads as many as it can use. */
import type { Failure } from '../../failure.ts';
import { failed } from '../../failure.ts';
import type { StageDefinition } from '../../stage.ts';
import type { ConfigNode } from '../tree/config-node.ts';
import { didYouMean } from '../nearest-name.ts';
import type { Source } from '../tree/source.ts';
import { whereOf } from '../tree/source.ts';

export interface StageLinks {
  readonly name: string;
  readonly definition: StageDefinition;
  readonly from: readonly string[];
  readonly fromNode: ConfigNode | undefined;
  readonly key: Source | undefined;
}

/** The names in a `from` that the schema has accepted. */
export function namesIn(node: ConfigNode | undefined): readonly string[] {
  if (node === undefined) return [];
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) => (item.kind === 'scalar' && typeof item.value === 'string' ? [item.value] : []));
}

export function linkProblems(stages: readonly StageLinks[], known: readonly string[]): readonly Failure[] {
  const problems = stages.flatMap((stage) => [...unknownNames(stage, known), ...wrongCount(stage), ...wrongKinds(stage, stages)]);
  return problems.length > 0 ? problems : circle(stages);
}

function unknownNames(stage: StageLinks, known: readonly string[]): readonly Failure[] {
  const others = known.filter((name) => name !== stage.name);
  return stage.from.flatMap((name, index) => {
    if (known.includes(name)) return [];
    const hint = didYouMean(name, others);
    const details = { expected: others.length === 0 ? 'a stage of this config' : `one of ${others.join(', ')}`, ...(hint === undefined ? {} : { hint }) };
    return [failed('unknown-stage', `${stage.name} reads from ${name}, which is no stage of this config`, { ...place(stage, index), ...details }).failure];
  });
}

function wrongCount(stage: StageLinks): readonly Failure[] {
  const { min, max } = stage.definition.inputs;
  const count = stage.from.length;
  if (!isNamesOnly(stage)) return [];
  if (count >= min && count <= max) return [];
  const message = `${stage.name} reads from ${count === 0 ? 'no stage' : count === 1 ? 'one stage' : `${count} stages`}`;
  const hint = count < min ? `write from: and the name of the stage whose output it reads` : undefined;
  return [failed('stage-inputs', message, { ...place(stage, undefined), expected: countName(min, max), ...(hint === undefined ? {} : { hint }) }).failure];
}

/** What it reads cannot be of use to it: found here, and not when the stages before it have run for hours. */
function wrongKinds(stage: StageLinks, stages: readonly StageLinks[]): readonly Failure[] {
  const { reads } = stage.definition;
  if (reads === undefined) return [];
  return stage.from.flatMap((name, index) => {
    const makes = stages.find((other) => other.name === name)?.definition.makes;
    if (makes === undefined || reads.includes(makes)) return [];
    const useful = stages.filter((other) => other.name !== stage.name && reads.includes(other.definition.makes ?? '')).map((other) => other.name);
    const details = { expected: `a stage that makes ${reads.join(' or ')}`, hint: useful.length === 0 ? 'giverny config print shows what each stage uses' : `write from: ${useful.at(-1)!}` };
    return [failed('stage-inputs', `${stage.name} reads from ${name}, which makes ${makes}`, { ...place(stage, index), ...details }).failure];
  });
}

/** A `from` that holds anything but names was refused by the schema. */
function isNamesOnly({ fromNode, from }: StageLinks): boolean {
  return fromNode === undefined || from.length === (fromNode.kind === 'list' ? fromNode.items.length : 1);
}

function countName(min: number, max: number): string {
  if (max === 0) return 'none: it has no from';
  if (min === max) return min === 1 ? 'exactly one' : `exactly ${min}`;
  return max === Number.POSITIVE_INFINITY || max > 99 ? `at least ${min}` : `${min} to ${max}`;
}

function place(stage: StageLinks, index: number | undefined) {
  const list = stage.fromNode;
  const item = list?.kind === 'list' && index !== undefined ? list.items[index] : list;
  const source = item?.source ?? stage.key;
  return source === undefined ? {} : { where: whereOf(source) };
}

function circle(stages: readonly StageLinks[]): readonly Failure[] {
  const byName = new Map(stages.map((stage) => [stage.name, stage]));
  const done = new Set<string>();
  const find = (name: string, trail: readonly string[]): readonly string[] | undefined => {
    if (trail.includes(name)) return [...trail.slice(trail.indexOf(name)), name];
    if (done.has(name)) return undefined;
    for (const from of byName.get(name)?.from ?? []) {
      const found = find(from, [...trail, name]);
      if (found !== undefined) return found;
    }
    done.add(name);
    return undefined;
  };
  for (const stage of stages) {
    const found = find(stage.name, []);
    if (found === undefined) continue;
    const message = found.length === 2 ? `${found[0]} reads from itself` : `stages read from each other in a circle: ${found.join(' → ')}`;
    return [failed('stage-cycle', message, { ...place(byName.get(found[0]!)!, undefined), hint: 'take one of these names out of a from' }).failure];
  }
  return [];
}
