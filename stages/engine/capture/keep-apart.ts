/** Keeps TensorFlow from rewrites of graphs that change results in their last bits, so that a captured step computes what the eager one does. */
import { dataType } from './native.ts';
import { first, nodeOf, type Node, type Value } from './graph.ts';

/** A graph that computes the same, node by node. */
export function keepApart(nodes: readonly Node[]): readonly Node[] {
  const operations = new Map(nodes.map(({ name, operation }) => [name, operation]));
  const readers = new Map<Value, number>();
  for (const { inputs } of nodes) for (const input of inputs) readers.set(input, (readers.get(input) ?? 0) + 1);
  return nodes.flatMap((node) => {
    if (node.operation === 'Const') return opaqueConstant(node);
    const partners = wouldJoin[node.operation] ?? [];
    // What others read too is left alone by TensorFlow, and would have to be copied.
    return apartFrom(node, (input) => readers.get(input) === 1 && partners.includes(operations.get(nodeOf(input))!));
  });
}

/**
 * By operation, those whose output it would be joined with: a batch normalization and a relu to one kernel, whose sums
 * round otherwise; sums of sums to one sum, in another order.
 */
const wouldJoin: Readonly<Record<string, readonly string[]>> = { Relu: ['FusedBatchNormV3'], Add: ['Add', 'AddV2'], AddV2: ['Add', 'AddV2'] };

/** A Snapshot, which hands its input on, is what these rewrites do not look through. */
function apartFrom(node: Node, isApart: (input: Value) => boolean): readonly Node[] {
  const between: Node[] = [];
  const inputs = node.inputs.map((input, index) => {
    if (!isApart(input)) return input;
    const name = `${node.name}_apart_${index}`;
    between.push({ name, operation: 'Snapshot', inputs: [input], after: [], attributes: { T: node.attributes['T']! } });
    return first(name);
  });
  return [...between, { ...node, inputs }];
}

/**
 * A division by a known number would become a multiplication by its reciprocal, and factors would be multiplied out. What
 * could be fed another value is no known number. Whole numbers are shapes and axes: those must be known.
 */
function opaqueConstant(constant: Node): readonly Node[] {
  const { value } = constant.attributes;
  if (value?.kind !== 'tensor' || value.value.type !== dataType.float32) return [constant];
  const known = `${constant.name}_value`;
  const shape = { kind: 'shape', value: value.value.shape } as const;
  return [{ ...constant, name: known }, { ...constant, operation: 'PlaceholderWithDefault', inputs: [first(known)], after: [], attributes: { dtype: constant.attributes['dtype']!, shape } }];
}
