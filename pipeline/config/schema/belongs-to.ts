/**
 * A value that belongs to another (`sha256` to `url`: the schema says `x-belongs-to`) is dropped when the other one is
 * written anew, by an override or an extending file, without it.
 */
import type { JsonSchema } from '../../stage.ts';
import { belongsTo } from './ajv-options.ts';
import type { ConfigNode, MapNode } from '../tree/config-node.ts';

export interface Dropped {
  /** Of the value that was dropped, and of the one it belongs to. */
  readonly path: readonly string[];
  readonly owner: readonly string[];
  readonly node: ConfigNode;
  readonly ownerNode: ConfigNode;
}

export interface Kept {
  readonly params: MapNode;
  readonly dropped: readonly Dropped[];
}

/** The parameters without what no longer belongs there. `path` is where they stand in the config. */
export function dropOrphans(params: MapNode, schema: JsonSchema, path: readonly string[]): Kept {
  const entries = new Map(params.entries);
  const dropped: Dropped[] = [];
  for (const [key, property] of propertiesOf(schema)) {
    const entry = params.entries.get(key);
    if (entry === undefined) continue;
    const owner = property[belongsTo] as string | undefined;
    const ownerNode = owner === undefined ? undefined : params.entries.get(owner)?.node;
    if (ownerNode !== undefined && ownerNode.layer > entry.node.layer) {
      entries.delete(key);
      dropped.push({ path: [...path, key], owner: [...path, owner!], node: entry.node, ownerNode });
    } else if (entry.node.kind === 'map') {
      const inside = dropOrphans(entry.node, property, [...path, key]);
      if (inside.dropped.length > 0) entries.set(key, { ...entry, node: inside.params });
      dropped.push(...inside.dropped);
    }
  }
  return dropped.length === 0 ? { params, dropped } : { params: { ...params, entries }, dropped };
}

const propertiesOf = (schema: JsonSchema): readonly (readonly [string, JsonSchema])[] =>
  Object.entries((schema['properties'] as Readonly<Record<string, JsonSchema>> | undefined) ?? {});
