/**
 * Graphs in TensorFlow's own form. Field numbers are those of tensorflow/core/framework/{graph,node_def,attr_value,tensor,
 * tensor_shape}.proto and tensorflow/core/protobuf/{saved_model,meta_graph}.proto.
 */
import { PbfWriter } from 'pbf';
import type { Attribute, Node, TensorValue, Value } from './graph.ts';

const savedModelField = { schemaVersion: 1, metaGraph: 2 } as const;
const metaGraphField = { information: 1, graph: 2, signature: 5 } as const;
const signatureField = { input: 1, output: 2, method: 3 } as const;
const tensorInformationField = { name: 1, type: 2, shape: 3 } as const;
const informationField = { tag: 4, tensorflowVersion: 5 } as const;
const graphField = { node: 1, versions: 4 } as const;
const versionsField = { producer: 1 } as const;
const nodeField = { name: 1, operation: 2, input: 3, attribute: 5 } as const;
const mapField = { key: 1, value: 2 } as const;
const attributeField = { list: 1, string: 2, int: 3, float: 4, bool: 5, type: 6, shape: 7, tensor: 8 } as const;
const listField = { ints: 3, floats: 4, bools: 5 } as const;
const tensorField = { type: 1, shape: 2, content: 4 } as const;
const shapeField = { dimension: 2 } as const;
const dimensionField = { size: 1 } as const;

/** The GraphDef version that this form is of (TF_GRAPH_DEF_VERSION); later TensorFlows read earlier ones. */
const graphProducer = 1882;

/** The one tag under which the graph is found. */
export const graphTag = 'serve';

/** What one who loads a SavedModel may call it with: values of the graph by the names that the caller gives. */
export interface Signature {
  readonly inputs: Readonly<Record<string, SignatureTensor>>;
  readonly outputs: Readonly<Record<string, SignatureTensor>>;
}

interface SignatureTensor {
  readonly value: Value;
  readonly type: number;
  /** -1: any length. */
  readonly shape: readonly number[];
}

/** A SavedModel that holds one graph and no values of variables: ours are filled through the graph. */
export function encodeSavedModel(nodes: readonly Node[], tensorflowVersion: string, signature?: Signature): Uint8Array {
  const writer = new PbfWriter();
  writer.writeVarintField(savedModelField.schemaVersion, 1);
  writer.writeMessage(savedModelField.metaGraph, (_, metaGraph: PbfWriter) => {
    metaGraph.writeMessage(metaGraphField.information, (_, information: PbfWriter) => {
      information.writeStringField(informationField.tag, graphTag);
      information.writeStringField(informationField.tensorflowVersion, tensorflowVersion);
    }, undefined);
    metaGraph.writeMessage(metaGraphField.graph, writeGraph, nodes);
    if (signature !== undefined) metaGraph.writeMessage(metaGraphField.signature, writeSignature, signature);
  }, undefined);
  return writer.finish();
}

/** Under the name that every reader asks for first. */
function writeSignature({ inputs, outputs }: Signature, writer: PbfWriter): void {
  writer.writeStringField(mapField.key, 'serving_default');
  writer.writeMessage(mapField.value, (_, definition: PbfWriter) => {
    for (const entry of Object.entries(inputs)) definition.writeMessage(signatureField.input, writeSignatureTensor, entry);
    for (const entry of Object.entries(outputs)) definition.writeMessage(signatureField.output, writeSignatureTensor, entry);
    definition.writeStringField(signatureField.method, 'tensorflow/serving/predict');
  }, undefined);
}

function writeSignatureTensor([name, { value, type, shape }]: readonly [string, SignatureTensor], writer: PbfWriter): void {
  writer.writeStringField(mapField.key, name);
  writer.writeMessage(mapField.value, (_, tensor: PbfWriter) => {
    tensor.writeStringField(tensorInformationField.name, value);
    tensor.writeVarintField(tensorInformationField.type, type);
    tensor.writeMessage(tensorInformationField.shape, writeShape, shape);
  }, undefined);
}

function writeGraph(nodes: readonly Node[], writer: PbfWriter): void {
  for (const node of nodes) writer.writeMessage(graphField.node, writeNode, node);
  writer.writeMessage(graphField.versions, (producer: number, versions: PbfWriter) => versions.writeVarintField(versionsField.producer, producer), graphProducer);
}

function writeNode({ name, operation, inputs, after, attributes }: Node, writer: PbfWriter): void {
  writer.writeStringField(nodeField.name, name);
  writer.writeStringField(nodeField.operation, operation);
  for (const input of inputs) writer.writeStringField(nodeField.input, input);
  for (const node of after) writer.writeStringField(nodeField.input, `^${node}`);
  for (const entry of Object.entries(attributes)) writer.writeMessage(nodeField.attribute, writeAttributeEntry, entry);
}

function writeAttributeEntry([name, attribute]: readonly [string, Attribute], writer: PbfWriter): void {
  writer.writeStringField(mapField.key, name);
  writer.writeMessage(mapField.value, writeAttribute, attribute);
}

function writeAttribute(attribute: Attribute, writer: PbfWriter): void {
  switch (attribute.kind) {
    case 'string': return writer.writeBytesField(attributeField.string, Buffer.from(attribute.value));
    case 'int': return writer.writeVarintField(attributeField.int, attribute.value);
    case 'float': return writer.writeFloatField(attributeField.float, attribute.value);
    case 'bool': return writer.writeBooleanField(attributeField.bool, attribute.value);
    case 'type': return writer.writeVarintField(attributeField.type, attribute.value);
    case 'shape': return writer.writeMessage(attributeField.shape, writeShape, attribute.value);
    case 'tensor': return writer.writeMessage(attributeField.tensor, writeTensor, attribute.value);
    case 'ints': case 'floats': case 'bools': return writer.writeMessage(attributeField.list, writeList, attribute);
  }
}

function writeList(attribute: Extract<Attribute, { readonly kind: 'ints' | 'floats' | 'bools' }>, list: PbfWriter): void {
  switch (attribute.kind) {
    case 'ints': return list.writePackedVarint(listField.ints, [...attribute.value]);
    case 'floats': return list.writePackedFloat(listField.floats, [...attribute.value]);
    case 'bools': return list.writePackedBoolean(listField.bools, [...attribute.value]);
  }
}

function writeTensor({ type, shape, bytes }: TensorValue, writer: PbfWriter): void {
  writer.writeVarintField(tensorField.type, type);
  writer.writeMessage(tensorField.shape, writeShape, shape);
  writer.writeBytesField(tensorField.content, bytes);
}

function writeShape(shape: readonly number[], writer: PbfWriter): void {
  for (const size of shape) {
    writer.writeMessage(shapeField.dimension, (value: number, dimension: PbfWriter) => dimension.writeVarintField(dimensionField.size, value), size);
  }
}
