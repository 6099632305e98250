/** Answers a stage's questions about where its parameters stand. */
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { Where } from '../../failure.ts';
import type { RunFinder } from '../../run-folder/named-run.ts';
import type { ParameterPlaces } from '../../stage.ts';
import type { MapNode } from '../tree/config-node.ts';
import { nearestSource, nodeAt, pathOf } from '../tree/config-node.ts';
import { whereOf } from '../tree/source.ts';

/** `stage` is the stage's path in the config; `folder` that of the config, for paths that are defaults. */
export function parameterPlaces(root: MapNode, stage: readonly string[], folder: string, findRun?: RunFinder): ParameterPlaces {
  const node = (path: string) => nodeAt(root, [...stage, ...pathOf(path)]);
  const where = (path: string): Where | undefined => {
    const found = node(path);
    const source = (found?.kind === 'scalar' ? found.source : undefined) ?? nearestSource(root, [...stage, ...pathOf(path)]);
    return source && whereOf(source);
  };
  return {
    where,
    ...(findRun === undefined ? {} : {
      findRun(path: string, name: string) {
        const found = findRun(name);
        const at = where(path);
        return found.ok || at === undefined ? found : { ok: false as const, failure: { ...found.failure, where: at } };
      },
    }),
    resolvePath(path, value) {
      const found = node(path);
      const base = (found?.kind === 'scalar' ? found.folder : undefined) ?? found?.source?.text.folder ?? folder;
      return /^~[\\/]/.test(value) ? resolve(homedir(), value.slice(2)) : resolve(base, value);
    },
    writtenTogether(path, other) {
      const [first, second] = [node(path), node(other)];
      // Written later than what it belongs to, it was written knowing it.
      return first !== undefined && second !== undefined && second.layer >= first.layer;
    },
  };
}

/** Where a parameter of the stage, or the mapping or text that it was given in, is written; undefined for a default. */
export function writtenAt(root: MapNode, stage: readonly string[], parameter: string): Where | undefined {
  const path = pathOf(parameter);
  for (let depth = path.length; depth > 0; depth--) {
    const node = nodeAt(root, [...stage, ...path.slice(0, depth)]);
    if (node !== undefined) return node.source && whereOf(node.source);
  }
  return undefined;
}
