/** Stages of a config's variants that were judged, so that none is judged twice. */
import type { StageCheck } from './check/check-stages.ts';
import type { StageConfig } from './config.ts';
import { Remembered } from './remembered.ts';
import type { ConfigNode, MapEntry, MapNode } from './tree/config-node.ts';

/** Of one stage: neighbouring trials share most. */
const formsAtMost = 256;

export interface JudgedStage {
  readonly referenced: ReadonlySet<string>;
  readonly check: StageCheck;
  readonly node: ConfigNode;
  readonly config: StageConfig;
}

/** Forms of one stage, each by what it depends on. */
class Forms extends Remembered<JudgedStage> {
  readonly sections = new Set<string>();

  constructor() {
    super(formsAtMost);
  }
}

/**
 * By their own node, and then by what else that depends on: the sections that they refer to. Nodes
 * are never changed, so the same node is the same value.
 */
export class JudgedStages {
  readonly #byNode = new WeakMap<ConfigNode, Forms>();
  readonly #numbers = new WeakMap<object, number>();
  #count = 0;

  get(root: MapNode, entry: MapEntry): JudgedStage | undefined {
    const known = this.#byNode.get(entry.node);
    return known?.get(this.#formOf(root, entry, known.sections));
  }

  set(root: MapNode, entry: MapEntry, judged: JudgedStage): void {
    const known = this.#byNode.get(entry.node) ?? new Forms();
    this.#byNode.set(entry.node, known);
    const before = known.sections.size;
    for (const path of judged.referenced) known.sections.add(path.split('.', 1)[0]!);
    // A form that refers to more: what was known without it says too little.
    if (known.sections.size > before) known.clear();
    known.set(this.#formOf(root, entry, known.sections), judged);
  }

  #formOf(root: MapNode, { key }: MapEntry, sections: ReadonlySet<string>): string {
    let form = `${this.#numberOf(key)}`;
    for (const section of sections) form += ` ${this.#numberOf(root.entries.get(section)?.node)}`;
    return form;
  }

  #numberOf(value: object | undefined): number {
    if (value === undefined) return 0;
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    this.#numbers.set(value, (this.#count += 1));
    return this.#count;
  }
}
