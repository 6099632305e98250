/** YAML 1.2 (core schema) to a tree of nodes with exact places. */
import type { Alias, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Failure, Result } from '../../failure.ts';
import { fail, failed, ok } from '../../failure.ts';
import type { ConfigNode, MapEntry, ScalarNode } from '../tree/config-node.ts';
import type { Source, SourceText } from '../tree/source.ts';
import { sourceOf, whereOf } from '../tree/source.ts';
import { tagHint, tagRefused, yamlFailure } from './yaml-problem.ts';

/** Far more than any config needs; aliases of aliases would otherwise fill the memory. */
const mostNodes = 100_000;

/** Others would bring dates, sets and bytes, which JSON does not have. */
const coreTags = /^(!|tag:yaml\.org,2002:(str|int|float|bool|null|map|seq))$/;

/** Parses the text from `offset` on. A text without any value gives an empty scalar. */
export function parseYaml(text: SourceText, layer: number, offset = 0): Result<ConfigNode> {
  const document = parseDocument(text.text.slice(offset), {
    version: '1.2',
    schema: 'core',
    prettyErrors: false,
    stringKeys: true,
    logLevel: 'silent',
  });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) return fail(yamlFailure(problem, text, offset));
  const converter = new Converter(text, layer, offset);
  try {
    return ok(converter.node(document.contents, sourceOf(text, offset, offset)));
  } catch (error) {
    if (error instanceof Unusable) return fail(error.failure);
    throw error;
  }
}

/** Leaves the recursion; never leaves this file. */
class Unusable extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

class Converter {
  readonly #text: SourceText;
  readonly #layer: number;
  readonly #offset: number;
  readonly #anchors = new Map<string, { readonly node: ConfigNode; readonly count: number }>();
  #count = 0;

  constructor(text: SourceText, layer: number, offset: number) {
    this.#text = text;
    this.#layer = layer;
    this.#offset = offset;
  }

  /** `nothing` is the place to point at when no value stands there. */
  node(node: Node | null, nothing: Source): ConfigNode {
    const before = this.#count;
    this.#countUp(1, nothing);
    const converted = this.#convert(node, nothing);
    if (node !== null && 'anchor' in node && node.anchor !== undefined && !isAlias(node)) {
      this.#anchors.set(node.anchor, { node: converted, count: this.#count - before });
    }
    return converted;
  }

  #convert(node: Node | null, nothing: Source): ConfigNode {
    if (node?.tag !== undefined && !coreTags.test(node.tag)) this.#refuse('config-not-yaml', tagRefused, this.#source(node), tagHint);
    if (isMap(node)) return this.#map(node);
    if (isSeq(node)) return this.#list(node);
    if (isAlias(node)) return this.#alias(node);
    if (isScalar(node)) return this.#scalar(node);
    return { kind: 'scalar', value: null, empty: true, source: nothing, layer: this.#layer };
  }

  #map(node: YAMLMap): ConfigNode {
    const source = this.#source(node);
    const entries = new Map<string, MapEntry>();
    for (const pair of node.items as Pair<Scalar, Node | null>[]) {
      const key = this.#source(pair.key);
      entries.set(String(pair.key.value ?? ''), { key, node: this.node(pair.value, key) });
    }
    return { kind: 'map', entries, source, layer: this.#layer };
  }

  #list(node: YAMLSeq): ConfigNode {
    const source = this.#source(node);
    const items = (node.items as Node[]).map((item) => this.node(item, source));
    return { kind: 'list', items, source, layer: this.#layer };
  }

  #alias(node: Alias): ConfigNode {
    const target = this.#anchors.get(node.source);
    const source = this.#source(node);
    if (target === undefined) {
      return this.#refuse('config-not-yaml', `the alias *${node.source} names no anchor before it`, source, `quote the text if it is to begin with *`);
    }
    this.#countUp(target.count, source);
    return target.node;
  }

  #scalar(node: Scalar): ScalarNode {
    const source = this.#source(node);
    const value = node.value as ScalarNode['value'];
    if (typeof value === 'number' && !Number.isFinite(value)) {
      return this.#refuse('config-invalid-value', `${node.source ?? value} is not a finite number`, source, 'quote it if it is meant as text');
    }
    const empty = value === null && node.source === '';
    return { kind: 'scalar', value: value === 0 ? 0 : value, ...(empty ? { empty } : {}), source, layer: this.#layer };
  }

  #source(node: Node): Source {
    const [start, end] = node.range ?? [0, 0];
    return sourceOf(this.#text, start + this.#offset, Math.max(end, start + 1) + this.#offset);
  }

  #countUp(nodes: number, source: Source): void {
    this.#count += nodes;
    if (this.#count > mostNodes) this.#refuse('config-not-yaml', `the config has more than ${mostNodes} values`, source, 'aliases that repeat aliases grow fast');
  }

  #refuse(code: 'config-not-yaml' | 'config-invalid-value', message: string, source: Source, hint: string): never {
    throw new Unusable(failed(code, message, { where: whereOf(source), hint }).failure);
  }
}
