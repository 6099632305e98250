/** Writes an override over a config: the path to it is copied, all else is shared. */
import type { Result } from '../../failure.ts';
import { failed, ok } from '../../failure.ts';
import type { ConfigNode, ListNode, MapNode } from '../tree/config-node.ts';
import { childOf, mapping } from '../tree/config-node.ts';
import { merge } from '../tree/merge.ts';
import { didYouMean } from '../nearest-name.ts';
import type { Override } from './override.ts';
import { isReference } from '../tree/reference.ts';
import { whereOf } from '../tree/source.ts';

export function applyOverride(root: MapNode, override: Override): Result<MapNode> {
  const unknown = unknownStage(root, override);
  if (unknown !== undefined) return unknown;
  return writeAt(root, override, 0) as Result<MapNode>;
}

/** Only a whole stage can be added: a parameter of a stage that is not there is a typo. */
function unknownStage(root: MapNode, override: Override) {
  const [section, stage] = override.path;
  const stages = childOf(root, 'stages');
  if (section !== 'stages' || stage === undefined || stages?.kind !== 'map' || stages.entries.has(stage)) return undefined;
  if (override.path.length === 2 && override.value.kind === 'map') return undefined;
  const known = [...stages.entries.keys()];
  const hint = didYouMean(stage, known);
  const details = { where: whereOf(override.keys[1]!), expected: `one of ${known.join(', ')}`, ...(hint === undefined ? {} : { hint }) };
  return failed('config-unknown-key', `the config has no stage ${stage}`, details);
}

function writeAt(node: ConfigNode | undefined, override: Override, depth: number): Result<ConfigNode> {
  if (depth === override.path.length) return ok(merge(node, override.value));
  if (node?.kind === 'list') return writeItem(node, override, depth);
  const map = asMapping(node, override);
  if (map === undefined) return nothingInside(override, depth);
  const name = override.path[depth]!;
  const child = writeAt(map.entries.get(name)?.node, override, depth + 1);
  if (!child.ok) return child;
  const key = map.entries.get(name)?.key;
  const entry = { key: depth === override.path.length - 1 || key === undefined ? override.keys[depth]! : key, node: child.value };
  return ok({ ...map, entries: new Map(map.entries).set(name, entry) });
}

/** What the next name of the path is looked for in; nothing where a single value stands. */
function asMapping(node: ConfigNode | undefined, override: Override): MapNode | undefined {
  const layer = override.value.layer;
  if (node?.kind === 'map') return node;
  if (node === undefined || (node.kind === 'scalar' && node.value === null)) return mapping([], override.source, layer);
  if (node.kind === 'scalar' && isReference(node.value)) return { ...mapping([], override.source, layer), onto: node };
  return undefined;
}

function writeItem(list: ListNode, override: Override, depth: number): Result<ConfigNode> {
  const name = override.path[depth]!;
  const index = /^\d+$/.test(name) ? Number(name) : -1;
  const item = list.items[index];
  if (item === undefined) {
    const path = override.path.slice(0, depth).join('.');
    const last = list.items.length - 1;
    const expected = last < 0 ? 'a whole list: it has no items' : last === 0 ? 'the index 0' : `an index from 0 to ${last}`;
    return failed('config-unknown-key', `the list ${path} has no item ${name}`, { where: whereOf(override.keys[depth]!), expected });
  }
  const written = writeAt(item, override, depth + 1);
  return written.ok ? ok({ ...list, items: list.items.with(index, written.value) }) : written;
}

function nothingInside(override: Override, depth: number) {
  const path = override.path.slice(0, depth).join('.');
  return failed('config-bad-override', `${path} is a single value: it has no ${override.path[depth]}`, {
    where: whereOf(override.keys[depth]!),
    hint: `set it as a whole: ${path}=…`,
  });
}
