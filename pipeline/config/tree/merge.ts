/**
 * What an extending file or an override writes over what is there: mappings merge key by key; everything else,
 * lists too, is replaced. A key with nothing after it adds nothing; a written `null` replaces.
 */
import type { ConfigNode, MapEntry, MapNode } from './config-node.ts';
import { isReference } from './reference.ts';

export function merge(under: ConfigNode | undefined, over: ConfigNode): ConfigNode {
  if (under === undefined) return over;
  if (over.kind === 'scalar' && over.empty === true) return under;
  if (over.kind !== 'map') return { ...over, overrode: under };
  if (under.kind === 'map') return mergeMaps(under, over);
  if (under.kind === 'scalar' && isReference(under.value)) return { ...over, onto: under };
  return { ...over, overrode: under };
}

function mergeMaps(under: MapNode, over: MapNode): MapNode {
  const entries = new Map(under.entries);
  for (const [key, entry] of over.entries) entries.set(key, mergeEntry(under.entries.get(key), entry));
  return { ...under, ...(over.source === undefined ? {} : { source: over.source }), layer: over.layer, entries };
}

function mergeEntry(under: MapEntry | undefined, over: MapEntry): MapEntry {
  if (under === undefined) return over;
  const node = merge(under.node, over.node);
  return node === under.node ? under : { key: over.key ?? under.key, node };
}
