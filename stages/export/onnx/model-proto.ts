/** Graphs in ONNX's own form. Field numbers are those of onnx/onnx.proto (IR version 8). */
import { PbfWriter } from 'pbf';

export type OnnxAttribute = number | { readonly float: number } | string | readonly number[];

export interface OnnxNode {
  readonly operation: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | BigInt64Array;
}

/** A side of unknown length has a name. */
export interface OnnxImages {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

export interface OnnxModel {
  readonly name: string;
  readonly description: string;
  readonly producer: string;
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxTensor[];
  readonly input: OnnxImages;
  readonly output: OnnxImages;
}

/** Operators as they were in this version. */
const operatorSet = 17;
const irVersion = 8;
const modelField = { irVersion: 1, producer: 2, graph: 7, operatorSet: 8 } as const;
const operatorSetField = { domain: 1, version: 2 } as const;
const graphField = { node: 1, name: 2, initializer: 5, description: 10, input: 11, output: 12 } as const;
const nodeField = { input: 1, output: 2, name: 3, operation: 4, attribute: 5 } as const;
const attributeField = { name: 1, float: 2, int: 3, string: 4, ints: 8, type: 20 } as const;
const attributeType = { float: 1, int: 2, string: 3, ints: 7 } as const;
const tensorField = { dimensions: 1, type: 2, name: 8, raw: 9 } as const;
const dataType = { float: 1, int64: 7 } as const;
const valueField = { name: 1, type: 2 } as const;
const typeField = { tensor: 1 } as const;
const tensorTypeField = { element: 1, shape: 2 } as const;
const shapeField = { dimension: 1 } as const;
const dimensionField = { value: 1, name: 2 } as const;

export function encodeOnnx(model: OnnxModel): Uint8Array {
  const writer = new PbfWriter();
  writer.writeVarintField(modelField.irVersion, irVersion);
  writer.writeStringField(modelField.producer, model.producer);
  writer.writeMessage(modelField.graph, writeGraph, model);
  writer.writeMessage(modelField.operatorSet, (version: number, set: PbfWriter) => {
    set.writeStringField(operatorSetField.domain, '');
    set.writeVarintField(operatorSetField.version, version);
  }, operatorSet);
  return writer.finish();
}

function writeGraph({ name, description, nodes, constants, input, output }: OnnxModel, writer: PbfWriter): void {
  for (const node of nodes) writer.writeMessage(graphField.node, writeNode, node);
  writer.writeStringField(graphField.name, name);
  for (const constant of constants) writer.writeMessage(graphField.initializer, writeTensor, constant);
  writer.writeStringField(graphField.description, description);
  writer.writeMessage(graphField.input, writeImages, input);
  writer.writeMessage(graphField.output, writeImages, output);
}

function writeNode({ operation, inputs, output, attributes = {} }: OnnxNode, writer: PbfWriter): void {
  for (const input of inputs) writer.writeStringField(nodeField.input, input);
  writer.writeStringField(nodeField.output, output);
  writer.writeStringField(nodeField.name, output);
  writer.writeStringField(nodeField.operation, operation);
  for (const entry of Object.entries(attributes)) writer.writeMessage(nodeField.attribute, writeAttribute, entry);
}

function writeAttribute([name, value]: readonly [string, OnnxAttribute], writer: PbfWriter): void {
  writer.writeStringField(attributeField.name, name);
  if (typeof value === 'string') {
    writer.writeBytesField(attributeField.string, Buffer.from(value));
    writer.writeVarintField(attributeField.type, attributeType.string);
  } else if (typeof value === 'number') {
    writer.writeVarintField(attributeField.int, value);
    writer.writeVarintField(attributeField.type, attributeType.int);
  } else if ('float' in value) {
    writer.writeFloatField(attributeField.float, value.float);
    writer.writeVarintField(attributeField.type, attributeType.float);
  } else {
    for (const each of value) writer.writeVarintField(attributeField.ints, each);
    writer.writeVarintField(attributeField.type, attributeType.ints);
  }
}

function writeTensor({ name, shape, values }: OnnxTensor, writer: PbfWriter): void {
  for (const side of shape) writer.writeVarintField(tensorField.dimensions, side);
  writer.writeVarintField(tensorField.type, values instanceof Float32Array ? dataType.float : dataType.int64);
  writer.writeStringField(tensorField.name, name);
  writer.writeBytesField(tensorField.raw, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function writeImages({ name, shape }: OnnxImages, writer: PbfWriter): void {
  writer.writeStringField(valueField.name, name);
  writer.writeMessage(valueField.type, (_, type: PbfWriter) => {
    type.writeMessage(typeField.tensor, (__, tensor: PbfWriter) => {
      tensor.writeVarintField(tensorTypeField.element, dataType.float);
      tensor.writeMessage(tensorTypeField.shape, writeShape, shape);
    }, undefined);
  }, undefined);
}

function writeShape(shape: readonly (number | string)[], writer: PbfWriter): void {
  for (const side of shape) {
    writer.writeMessage(shapeField.dimension, (length: number | string, dimension: PbfWriter) => {
      if (typeof length === 'number') dimension.writeVarintField(dimensionField.value, length);
      else dimension.writeStringField(dimensionField.name, length);
    }, side);
  }
}
