/** The order in which stages can run. */

export interface Node {
  readonly name: string;
  /** Names of the nodes it reads. Every one of them exists. */
  readonly from: readonly string[];
}

/**
 * Every node after all that it reads; where that leaves a choice, the order of `nodes`. Nodes that read each other in a
 * circle are a bug here, and throw: what a config says of that is config/'s to refuse.
 */
export function topologicalOrder<N extends Node>(nodes: readonly N[]): readonly N[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const position = new Map(nodes.map((node, index) => [node.name, index]));
  const missing = new Map(nodes.map((node) => [node.name, new Set(node.from).size]));
  const readers = readersOf(nodes);
  const ready = nodes.filter((node) => node.from.length === 0);
  const ordered: N[] = [];
  for (let node = ready.shift(); node !== undefined; node = ready.shift()) {
    ordered.push(node);
    for (const reader of readers.get(node.name) ?? []) {
      const left = missing.get(reader)! - 1;
      missing.set(reader, left);
      if (left === 0) insertByPosition(ready, byName.get(reader)!, position);
    }
  }
  if (ordered.length < nodes.length) throw new Error('nodes read each other in a circle');
  return ordered;
}

function readersOf(nodes: readonly Node[]): ReadonlyMap<string, readonly string[]> {
  const readers = new Map<string, string[]>(nodes.map((node) => [node.name, []]));
  for (const node of nodes) {
    for (const source of new Set(node.from)) {
      const list = readers.get(source);
      if (list === undefined) throw new Error(`${node.name} reads ${source}, which does not exist`);
      list.push(node.name);
    }
  }
  return readers;
}

function insertByPosition<N extends Node>(ready: N[], node: N, position: ReadonlyMap<string, number>): void {
  const own = position.get(node.name)!;
  const index = ready.findIndex((other) => position.get(other.name)! > own);
  ready.splice(index === -1 ? ready.length : index, 0, node);
}
