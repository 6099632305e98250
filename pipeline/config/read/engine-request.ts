/** `engine: wasm` is short for `engine: { backend: wasm }`; the rest of the config only knows the long form. */
import type { EngineRequest } from '../../catalog.ts';
import type { Json } from '../../stage.ts';
import type { ConfigNode, MapNode } from '../tree/config-node.ts';
import { mapping, withEntry } from '../tree/config-node.ts';
import { isReference } from '../tree/reference.ts';

/** The top of a config (or of one file) with `engine` in its long form. */
export function expandEngine(root: MapNode): MapNode {
  const entry = root.entries.get('engine');
  if (entry === undefined) return root;
  const node = longForm(entry.node);
  return node === entry.node ? root : withEntry(root, 'engine', { ...entry, node });
}

export function longForm(node: ConfigNode): ConfigNode {
  if (node.kind !== 'scalar' || typeof node.value !== 'string' || isReference(node.value)) return node;
  return mapping([['backend', { key: node.source, node }]], node.source, node.layer);
}

/** The request that a checked `engine` mapping makes. */
export function engineRequest(engine: Json | undefined): EngineRequest {
  return { backend: 'auto', ...(engine as Partial<EngineRequest> | null | undefined) };
}

/** The short form where it says everything. */
export function engineJson(request: EngineRequest): Json {
  return Object.keys(request).length === 1 ? request.backend : { ...request };
}
