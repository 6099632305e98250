/** Keeps TensorFlow from a rewrite of graphs that changes results, so that a captured step computes what the eager one does. */
import { first, nodeOf, type Node } from './graph.ts';

/**
 * A FusedBatchNormV3 and the Relu after it would become one kernel, whose sums round otherwise. A Snapshot between them,
 * which hands its input on, is what the rewrite does not look through.
 */
export function keepApart(nodes: readonly Node[]): readonly Node[] {
  const operations = new Map(nodes.map(({ name, operation }) => [name, operation]));
  return nodes.flatMap((node) => {
    const [input] = node.inputs;
    if (node.operation !== 'Relu' || input === undefined || operations.get(nodeOf(input)) !== 'FusedBatchNormV3') return [node];
    const between = `${node.name}_apart`;
    return [{ ...node, name: between, operation: 'Snapshot' }, { ...node, inputs: [first(between)] }];
  });
}
