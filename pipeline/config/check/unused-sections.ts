/** The sections model, loss, optimizer and vars do nothing by themselves: what no stage refers to is probably a mistake. */
import type { Failure } from '../../failure.ts';
import { failed } from '../../failure.ts';
import type { MapNode } from '../tree/config-node.ts';
import { nodeAt } from '../tree/config-node.ts';
import { didYouMean } from '../nearest-name.ts';
import type { Override } from '../override/override.ts';
import { referenceTo } from '../tree/reference.ts';
import { freeSections } from '../schema/schema.ts';
import { placeName, whereOf } from '../tree/source.ts';

const isFree = (name: string | undefined): boolean => freeSections.some((section) => section === name);

/** An override that reaches no stage is an error: it would change nothing. */
export function idleOverrides(root: MapNode, referenced: ReadonlySet<string>, overrides: readonly Override[]): readonly Failure[] {
  return overrides.filter(({ path }) => isFree(path[0]) && !touches(path.join('.'), referenced)).map((override) => idle(root, referenced, override));
}

/** One of the two lies in the other. */
export function touches(path: string, referenced: ReadonlySet<string>): boolean {
  return [...referenced].some((other) => path === other || path.startsWith(`${other}.`) || other.startsWith(`${path}.`));
}

function idle(root: MapNode, referenced: ReadonlySet<string>, { path, keys }: Override): Failure {
  const parent = nodeAt(root, path.slice(0, -1));
  const siblings = parent?.kind === 'map' ? [...parent.entries.keys()].filter((name) => touches([...path.slice(0, -1), name].join('.'), referenced)) : [];
  const hint = didYouMean(path.at(-1)!, siblings) ?? `a stage takes it by ${referenceTo(path.join('.'))}, or override the stage's own parameter`;
  const expected = referenced.size === 0 ? undefined : `a path that a stage refers to: ${[...referenced].slice(0, 8).join(', ')}`;
  const details = { where: whereOf(keys.at(-1)!), hint, ...(expected === undefined ? {} : { expected }) };
  return failed('config-unknown-key', `nothing in the config refers to ${path.join('.')}`, details).failure;
}

export function unusedSections(root: MapNode, referenced: ReadonlySet<string>, cwd: string): readonly string[] {
  return freeSections.flatMap((section) => {
    const entry = root.entries.get(section);
    if (entry === undefined || touches(section, referenced)) return [];
    const how = section === 'vars' ? 'a value is taken by ${vars.name}' : `a stage takes it by ${section}: ${referenceTo(section)}`;
    return [`${section} (${placeName(entry.key, cwd)}) is used by nothing; ${how}`];
  });
}
