/**
 * bfloat16 on a graph: float32's range in half the bits, 8 of them of precision. Convolutions and their gradients take
 * their factors rounded to it, add up the products in float32 and round the sum; all else stays float32 (Kalamkar et al.
 * 2019; of Micikevicius et al. 2018 the float32 master weights): variables, and so an optimizer's state, norms and losses.
 */
import { first, nodeOf, typeAttribute, type Node, type Value } from './graph.ts';
import { dataType } from './native.ts';

export type Precision = 'float32' | 'bfloat16';

/** Operations that run in bfloat16, with the numbers of the inputs that are factors; their other inputs are shapes. */
const factorsOf: Readonly<Record<string, readonly number[]>> = {
  Conv2D: [0, 1], Conv2DBackpropInput: [1, 2], Conv2DBackpropFilter: [0, 2],
};

/** The same graph in `precision`. Each node must come after those that it reads. */
export function withPrecision(nodes: readonly Node[], precision: Precision): readonly Node[] {
  return precision === 'float32' ? nodes : inBfloat16(nodes);
}

function inBfloat16(nodes: readonly Node[]): readonly Node[] {
  const rounded = new Set<Value>();
  /** A value is cast once, whoever reads it: a weight that several convolutions take is rounded for all of them. */
  const casts = new Map<Value, Node>();
  return nodes.flatMap((node) => {
    const factors = isFloat32(node) ? factorsOf[node.operation] : undefined;
    const added: Node[] = [];
    const inputs = node.inputs.map((input, index) => {
      if ((factors?.includes(index) ?? false) === rounded.has(input)) return input;
      if (!casts.has(input)) added.push(castOf(input, rounded.has(input)));
      casts.set(input, casts.get(input) ?? added.at(-1)!);
      return first(casts.get(input)!.name);
    });
    if (!factors) return [...added, { ...node, inputs }];
    rounded.add(first(node.name));
    return [...added, { ...node, inputs, attributes: { ...node.attributes, T: typeAttribute(dataType.bfloat16) } }];
  });
}

const isFloat32 = ({ attributes: { T } }: Node): boolean => T?.kind === 'type' && T.value === dataType.float32;

function castOf(value: Value, toFloat32: boolean): Node {
  const [from, to] = toFloat32 ? ([dataType.bfloat16, dataType.float32] as const) : ([dataType.float32, dataType.bfloat16] as const);
  const name = `${nodeOf(value)}_${toFloat32 ? 'float32' : 'bfloat16'}${value.slice(value.lastIndexOf(':') + 1)}`;
  return { name, operation: 'Cast', inputs: [value], after: [], attributes: { SrcT: typeAttribute(from), DstT: typeAttribute(to) } };
}
