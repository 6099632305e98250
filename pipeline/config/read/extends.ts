/** Reads a config with all that it extends, into one tree. Needs no catalog and no overrides: a sweep reads once. */
import { resolve } from 'node:path';
import type { Result } from '../../failure.ts';
import { failed, ok } from '../../failure.ts';
import type { ConfigNode, MapNode } from '../tree/config-node.ts';
import { expandEngine } from './engine-request.ts';
import { merge } from '../tree/merge.ts';
import { parseYaml } from './parse-yaml.ts';
import { readConfigText } from './read-text.ts';
import type { Source, SourceText } from '../tree/source.ts';
import { whereOf } from '../tree/source.ts';

/** A config as it is written, before overrides and references. */
export interface ConfigDocument {
  /** Absolute path of the file that was named. */
  readonly file: string;
  readonly root: MapNode;
  /** How many files it is made of; overrides are the layer after them. */
  readonly layers: number;
}

/** Reads `file` (absolute) and the files it extends. */
export async function readConfig(file: string): Promise<Result<ConfigDocument>> {
  const chain: { readonly text: SourceText; readonly own: MapNode }[] = [];
  let next: { readonly file: string; readonly named?: Source } | undefined = { file };
  while (next !== undefined) {
    const cycle = chain.findIndex(({ text }) => text.file === next!.file);
    if (cycle >= 0) return extendsCycle([...chain.slice(cycle).map(({ text }) => text.file), next.file], next.named);
    const text = await readConfigText(next.file, next.named && whereOf(next.named));
    if (!text.ok) return text;
    const own = parseFile(text.value);
    if (!own.ok) return own;
    const base = extendedFile(text.value, own.value);
    if (!base.ok) return base;
    chain.push({ text: text.value, own: own.value });
    next = base.value;
  }
  return ok({ file, root: mergeChain(chain.map(({ own }) => own)), layers: chain.length });
}

function parseFile(text: SourceText): Result<MapNode> {
  const parsed = parseYaml(text, 0);
  if (!parsed.ok) return parsed;
  const node = parsed.value;
  if (node.kind === 'map') return ok(node);
  const example = { expected: 'a mapping with the key stages', hint: 'giverny run configs/quickstart.yaml shows one that works' };
  if (node.kind === 'scalar' && node.value === null) return failed('config-missing-key', 'the config is empty', { where: { file: text.file }, ...example });
  return failed('config-invalid-value', `the config is a ${node.kind === 'list' ? 'list' : 'single value'}`, { where: whereOf(node.source!), ...example });
}

function extendedFile(text: SourceText, own: MapNode): Result<{ readonly file: string; readonly named: Source } | undefined> {
  const node = own.entries.get('extends')?.node;
  if (node === undefined) return ok(undefined);
  const named = node.source!;
  if (node.kind !== 'scalar' || typeof node.value !== 'string') {
    return failed('config-invalid-value', 'extends does not name a file', { where: whereOf(named), expected: 'the path of one config, relative to this file' });
  }
  return ok({ file: resolve(text.folder, node.value), named });
}

function extendsCycle(files: readonly string[], named: Source | undefined) {
  const names = files.map((file) => file.split(/[\\/]/).at(-1)!);
  return failed('config-extends-cycle', `the config extends itself: ${names.join(' → ')}`, named === undefined ? {} : { where: whereOf(named) });
}

/** The chain begins with the file that was named; what it extends lies under it. */
function mergeChain(chain: readonly MapNode[]): MapNode {
  const layers = [...chain].reverse().map((own, layer) => expandEngine(inLayer(withoutExtends(own), layer)));
  return layers.reduce((under, over) => merge(under, over) as MapNode);
}

const withoutExtends = (map: MapNode): MapNode => ({ ...map, entries: new Map([...map.entries].filter(([key]) => key !== 'extends')) });

/** The layer is known only when the end of the chain is. */
function inLayer<N extends ConfigNode>(node: N, layer: number): N {
  if (layer === 0 || node.kind === 'scalar') return { ...node, layer };
  if (node.kind === 'list') return { ...node, layer, items: node.items.map((item) => inLayer(item, layer)) };
  const entries = [...node.entries].map(([key, entry]) => [key, { ...entry, node: inLayer(entry.node, layer) }] as const);
  return { ...node, layer, entries: new Map(entries) };
}

