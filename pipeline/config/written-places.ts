/** Where each value of a resolved config was written, for the record of a run: a diff names it long after the file has changed. */
import type { Json } from '../stage.ts';
import { nodeAt, type ConfigNode, type MapNode } from './tree/config-node.ts';
import { placeName } from './tree/source.ts';

/** `configs/monet.yaml:14:12` or `command line: seed=2` by the value's path, `loss.weights.cycle`. */
export type WrittenPlaces = Readonly<Record<string, string>>;

/** Defaults are left out. A list of single values is one value. Files are relative to `folder` where that is shorter. */
export function writtenPlaces(resolved: Json, root: MapNode, folder: string): WrittenPlaces {
  const places: Record<string, string> = {};
  for (const path of leafPaths(resolved, [])) {
    const source = writtenNode(root, path)?.source;
    if (source !== undefined) places[path.join('.')] = placeName(source, folder);
  }
  return places;
}

/** A value may have been given in another form than it is resolved to: within a text, or a list. A mapping without it leaves it a default. */
function writtenNode(root: MapNode, path: readonly string[]): ConfigNode | undefined {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = nodeAt(root, path.slice(0, depth));
    if (node !== undefined) return node.kind === 'map' && depth < path.length ? undefined : node;
  }
  return undefined;
}

function leafPaths(value: Json, path: readonly string[]): readonly (readonly string[])[] {
  const isSingle = typeof value !== 'object' || value === null || (Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null));
  return isSingle ? [path] : Object.entries(value).flatMap(([key, item]) => leafPaths(item as Json, [...path, key]));
}
