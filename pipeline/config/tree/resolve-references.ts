/**
 * Replaces every `${reference}` by what it names. A value that is only a reference takes over the whole value and where
 * each leaf of it was written; inside a longer string a reference stands for the text of a single value.
 */
import type { Failure, Result } from '../../failure.ts';
import { fail, failed, ok } from '../../failure.ts';
import type { ConfigNode, ListNode, MapEntry, MapNode, ScalarNode } from './config-node.ts';
import { childOf } from './config-node.ts';
import { merge } from './merge.ts';
import { didYouMean } from '../nearest-name.ts';
import type { StringPart } from './reference.ts';
import { isReference, literalHint, mayRefer, partsOf, referenceTo } from './reference.ts';
import type { Source } from './source.ts';
import { whereOf } from './source.ts';

export interface Resolved {
  readonly root: MapNode;
  /** Every path that some reference names. */
  readonly referenced: ReadonlySet<string>;
}

export function resolveReferences(root: MapNode): Result<Resolved> {
  const resolver = new Resolver(root);
  try {
    return ok({ root: resolver.resolve(root) as MapNode, referenced: resolver.referenced });
  } catch (error) {
    if (error instanceof BadReference) return fail(error.failure);
    throw error;
  }
}

/** Resolves single values of `root`, each with the paths that it refers to, directly or through others. */
export function resolveNode(root: MapNode, node: ConfigNode): Result<{ readonly node: ConfigNode; readonly referenced: ReadonlySet<string> }> {
  const resolver = new Resolver(root);
  try {
    return ok({ node: resolver.resolve(node), referenced: resolver.referenced });
  } catch (error) {
    if (error instanceof BadReference) return fail(error.failure);
    throw error;
  }
}

/** Leaves the recursion; never leaves this file. */
class BadReference extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

function refuse(message: string, source: Source | undefined, details: { readonly expected?: string; readonly hint?: string } = {}): never {
  throw new BadReference(failed('config-bad-reference', message, { ...(source && { where: whereOf(source) }), ...details }).failure);
}

class Resolver {
  readonly referenced = new Set<string>();
  readonly #root: MapNode;
  readonly #done = new Map<ConfigNode, ConfigNode>();
  /** The nodes being resolved, and the references followed to get here: the circle, if there is one. */
  readonly #open = new Set<ConfigNode>();
  readonly #followed: string[] = [];

  constructor(root: MapNode) {
    this.#root = root;
  }

  resolve(node: ConfigNode): ConfigNode {
    if (node.kind === 'scalar' && !(typeof node.value === 'string' && mayRefer(node.value))) return node;
    const done = this.#done.get(node);
    if (done !== undefined) return done;
    if (this.#open.has(node)) refuse(`a reference leads back to itself: ${this.#followed.map(referenceTo).join(' → ')}`, node.source);
    this.#open.add(node);
    const resolved = node.kind === 'scalar' ? this.#string(node) : node.kind === 'list' ? this.#list(node) : this.#map(node);
    this.#open.delete(node);
    this.#done.set(node, resolved);
    return resolved;
  }

  #list(node: ListNode): ListNode {
    const items = node.items.map((item) => this.resolve(item));
    return items.every((item, index) => item === node.items[index]) ? node : { ...node, items };
  }

  #map(node: MapNode): ConfigNode {
    let changed = false;
    const entries = new Map<string, MapEntry>();
    for (const [key, entry] of node.entries) {
      const resolved = this.resolve(entry.node);
      changed ||= resolved !== entry.node;
      entries.set(key, resolved === entry.node ? entry : { ...entry, node: resolved });
    }
    if (node.onto !== undefined) return merge(this.resolve(node.onto), { kind: 'map', entries, source: node.source, layer: node.layer });
    return changed ? { ...node, entries } : node;
  }

  #string(node: ScalarNode): ConfigNode {
    const parts = partsOf(node.value as string);
    if (!parts.ok) return refuse(parts.failure.message, node.source, parts.failure);
    const [first, ...rest] = parts.value;
    if (isReference(node.value) && first !== undefined && rest.length === 0 && 'path' in first) return this.#takeOver(node, first.path);
    const value = parts.value.map((part) => this.#text(part, node)).join('');
    const folder = first !== undefined && 'path' in first ? folderOf(this.#follow(first.path, node)) : undefined;
    return { ...node, value, ...(folder === undefined ? {} : { folder }) };
  }

  #takeOver(node: ScalarNode, path: string): ConfigNode {
    const target = this.#follow(path, node);
    const via = node.source === undefined ? (target.via ?? []) : [node.source, ...(target.via ?? [])];
    // A later file that refers elsewhere has changed the value, even if what it refers to is old.
    const layer = Math.max(node.layer, target.layer);
    return { ...target, via, layer, ...(node.overrode === undefined ? {} : { overrode: node.overrode }) };
  }

  #text(part: StringPart, node: ScalarNode): string {
    if ('text' in part) return part.text;
    const target = this.#follow(part.path, node);
    if (target.kind === 'scalar' && target.value !== null) return String(target.value);
    const what = target.kind === 'scalar' ? 'null' : target.kind === 'list' ? 'a list' : 'a mapping';
    return refuse(`${referenceTo(part.path)} is ${what}`, node.source, { expected: 'a text, a number, true or false: it stands inside a longer text' });
  }

  /** The resolved value at `path`. On the way only what must be is resolved, so that neighbours may refer to each other. */
  #follow(path: string, from: ScalarNode): ConfigNode {
    this.referenced.add(path);
    this.#followed.push(path);
    let node: ConfigNode = this.#root;
    for (const name of path.split('.')) {
      const inside: ConfigNode = (node.kind === 'scalar' && isReference(node.value)) || (node.kind === 'map' && node.onto !== undefined) ? this.resolve(node) : node;
      node = childOf(inside, name) ?? this.#namesNothing(path, name, inside, from);
    }
    const resolved = this.resolve(node);
    this.#followed.pop();
    return resolved;
  }

  #namesNothing(path: string, name: string, inside: ConfigNode, from: ScalarNode): never {
    const known = inside.kind === 'map' ? [...inside.entries.keys()] : [];
    const hint = didYouMean(name, known) ?? (/^[A-Z_][A-Z0-9_]*$/.test(path) ? `for a variable of the shell write $${path} or \\\${${path}}` : literalHint);
    const expected = known.length > 0 ? `one of ${known.join(', ')}` : 'a path that is written in the config';
    return refuse(`${referenceTo(path)} names nothing`, from.source, { expected, hint });
  }
}

const folderOf = (node: ConfigNode): string | undefined => (node.kind === 'scalar' ? node.folder : undefined) ?? node.source?.text.folder;
