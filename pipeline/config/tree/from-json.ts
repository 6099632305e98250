/** A plain value as a tree of nodes that were written nowhere. */
import type { Json } from '../../stage.ts';
import { mapping, scalar, type ConfigNode } from './config-node.ts';

/** The inverse of `toJson`, but for places. */
export function fromJson(value: Json): ConfigNode {
  if (Array.isArray(value)) return { kind: 'list', items: value.map(fromJson), source: undefined, layer: 0 };
  if (typeof value !== 'object' || value === null) return scalar(value as string | number | boolean | null, undefined, 0);
  return mapping(Object.entries(value).map(([key, item]) => [key, { key: undefined, node: fromJson(item as Json) }]), undefined, 0);
}
