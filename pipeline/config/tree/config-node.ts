/**
 * A config as a tree in which every value knows where it was written. Nodes are never changed:
 * an override copies the path to what it replaces, so one parsed file serves thousands of trials.
 */
import type { Json } from '../../stage.ts';
import type { Source } from './source.ts';

interface Written {
  /** Absent for a default that giverny put in. */
  readonly source: Source | undefined;
  /** How late it was written: 0 the file that nothing more is extended by, then the files extending it, then the command line. */
  readonly layer: number;
  /** The `${references}` that brought it here, the nearest first. */
  readonly via?: readonly Source[];
  /** What an extending file or an override replaced by it. */
  readonly overrode?: ConfigNode;
}

export interface ScalarNode extends Written {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** Nothing stands after the key. Such a value adds nothing to what it extends; a written `null` replaces it. */
  readonly empty?: boolean;
  /** The folder for relative paths where it is not the source's: a string that begins with a reference. */
  readonly folder?: string;
}

export interface ListNode extends Written {
  readonly kind: 'list';
  readonly items: readonly ConfigNode[];
}

export interface MapEntry {
  readonly key: Source | undefined;
  readonly node: ConfigNode;
}

export interface MapNode extends Written {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, MapEntry>;
  /** A reference that this mapping was written over: what it names, changed by the entries. */
  readonly onto?: ScalarNode;
}

export type ConfigNode = ScalarNode | ListNode | MapNode;

export const scalar = (value: ScalarNode['value'], source: Source | undefined, layer: number): ScalarNode => ({ kind: 'scalar', value, source, layer });

export const mapping = (entries: Iterable<readonly [string, MapEntry]>, source: Source | undefined, layer: number): MapNode => ({
  kind: 'map',
  entries: new Map(entries),
  source,
  layer,
});

/** The plain value. A key of any name is safe in it, `__proto__` too. */
export function toJson(node: ConfigNode): Json {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(toJson);
  return Object.fromEntries([...node.entries].map(([key, entry]) => [key, toJson(entry.node)]));
}

/** The node one step down, by key or list index. */
export function childOf(node: ConfigNode | undefined, segment: string): ConfigNode | undefined {
  if (node?.kind === 'map') return node.entries.get(segment)?.node;
  if (node?.kind === 'list' && /^\d+$/.test(segment)) return node.items[Number(segment)];
  return undefined;
}

export function nodeAt(node: ConfigNode | undefined, path: readonly string[]): ConfigNode | undefined {
  return path.reduce<ConfigNode | undefined>(childOf, node);
}

/** Where the key of `path` stands; for a list's item, the item. */
export function keyAt(root: ConfigNode, path: readonly string[]): Source | undefined {
  const parent = nodeAt(root, path.slice(0, -1));
  const last = path.at(-1);
  if (last === undefined) return root.source;
  return (parent?.kind === 'map' ? parent.entries.get(last)?.key : undefined) ?? childOf(parent, last)?.source;
}

/** The nearest place above or at `path` that was written down: where to point for a value that is a default or absent. */
export function nearestSource(root: ConfigNode, path: readonly string[]): Source | undefined {
  for (let depth = path.length; depth > 0; depth--) {
    const source = keyAt(root, path.slice(0, depth));
    if (source !== undefined) return source;
  }
  return undefined;
}

export const pathOf = (path: string): readonly string[] => (path === '' ? [] : path.split('.'));

/** `map` with one entry set, in its place where the key exists. */
export function withEntry(map: MapNode, key: string, entry: MapEntry): MapNode {
  return { ...map, entries: new Map(map.entries).set(key, entry) };
}
