/**
 * The networks as a GraphDef for TensorBoard's GRAPHS tab: one node a layer, under its network's name. Field numbers are
 * those of tensorflow/core/framework/{graph,node_def,attr_value,tensor_shape}.proto.
 */
import { PbfWriter } from 'pbf';
import type { LayersModel } from '../../engine/tf.ts';

/** A node of the graph: `name` with slashes for groups, `op` the layer's class, `shape` of its output (null: any size). */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly shape: readonly (number | null)[];
}

/** The layers of a network whose every layer is used once, in the model's order. */
export function networkNodes(network: string, model: LayersModel): GraphNode[] {
  const nameOf = (layer: { readonly name: string }) => `${network}/${layer.name}`;
  return model.layers.map((layer) => ({
    name: nameOf(layer),
    op: layer.getClassName(),
    inputs: layer.inboundNodes.flatMap((node) => node.inboundLayers.map(nameOf)),
    shape: layer.outputShape as readonly (number | null)[],
  }));
}

export function encodeGraph(nodes: readonly GraphNode[]): Uint8Array {
  const writer = new PbfWriter();
  for (const node of nodes) writer.writeMessage(graphField.node, writeNode, node);
  writer.writeMessage(graphField.versions, (producer: number, versions: PbfWriter) => versions.writeVarintField(1, producer), graphProducer);
  return writer.finish();
}

const graphField = { node: 1, versions: 4 } as const;
const nodeField = { name: 1, op: 2, input: 3, attribute: 5 } as const;
const mapField = { key: 1, value: 2 } as const;
const attributeField = { list: 1 } as const;
const listField = { shape: 7 } as const;
const shapeField = { dimension: 2 } as const;
const dimensionField = { size: 1 } as const;
/** Any GraphDef version that TensorBoard knows. */
const graphProducer = 1087;

function writeNode({ name, op, inputs, shape }: GraphNode, writer: PbfWriter): void {
  writer.writeStringField(nodeField.name, name);
  writer.writeStringField(nodeField.op, op);
  for (const input of inputs) writer.writeStringField(nodeField.input, input);
  writer.writeMessage(nodeField.attribute, writeOutputShapes, shape);
}

/** `_output_shapes` is the attribute whose sizes TensorBoard writes on the edges. */
function writeOutputShapes(shape: GraphNode['shape'], writer: PbfWriter): void {
  writer.writeStringField(mapField.key, '_output_shapes');
  writer.writeMessage(mapField.value, writeShapeList, shape);
}

function writeShapeList(shape: GraphNode['shape'], writer: PbfWriter): void {
  writer.writeMessage(attributeField.list, (_, list: PbfWriter) => list.writeMessage(listField.shape, writeShape, shape), undefined);
}

function writeShape(shape: GraphNode['shape'], writer: PbfWriter): void {
  for (const size of shape) {
    writer.writeMessage(shapeField.dimension, (value: number, dimension: PbfWriter) => dimension.writeVarintField(dimensionField.size, value), size ?? -1);
  }
}
