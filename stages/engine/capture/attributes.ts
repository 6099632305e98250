/** Attributes as tfjs gives them to the binding, made those of a graph's node. */
import type { Attribute, Attributes } from './graph.ts';
import type { Binding, NativeAttribute } from './native.ts';

/** Undefined for a kind of attribute that the binding itself does not know. */
export function graphAttribute(binding: Binding, { type, value }: NativeAttribute): Attribute | undefined {
  switch (type) {
    case binding.TF_ATTR_STRING: return { kind: 'string', value: value as string };
    case binding.TF_ATTR_TYPE: return { kind: 'type', value: value as number };
    case binding.TF_ATTR_SHAPE: return { kind: 'shape', value: value as number[] };
    case binding.TF_ATTR_INT: return Array.isArray(value) ? { kind: 'ints', value: value as number[] } : { kind: 'int', value: value as number };
    case binding.TF_ATTR_FLOAT: return Array.isArray(value) ? { kind: 'floats', value: value as number[] } : { kind: 'float', value: value as number };
    case binding.TF_ATTR_BOOL: return Array.isArray(value) ? { kind: 'bools', value: value as boolean[] } : { kind: 'bool', value: value as boolean };
    default: return undefined;
  }
}

/** Type attributes that tfjs leaves to TensorFlow's eager mode to infer, each by the number of the input whose type it is. */
const inferredTypes: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  ExpandDims: { T: 0, Tdim: 1 },
  Reshape: { T: 0, Tshape: 1 },
};

/** A graph must have every type written: `inputTypes` fill in those that are missing. */
export function withInferredTypes(operation: string, attributes: Attributes, inputTypes: readonly number[]): Attributes {
  const inferred = Object.entries(inferredTypes[operation] ?? {}).map(([name, input]) => [name, { kind: 'type', value: inputTypes[input]! }] as const);
  return { ...Object.fromEntries(inferred), ...attributes };
}
