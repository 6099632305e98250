// bfloat16 as a pass over a graph: which nodes it touches, and what TensorFlow makes of it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Graph, first, nodeOf, typeAttribute, type Node, type Value } from '../../../../stages/engine/capture/graph.ts';
import { dataType } from '../../../../stages/engine/capture/native.ts';
import { withPrecision } from '../../../../stages/engine/capture/precision.ts';
import type { Tensor, Tensor4D, Variable } from '../../../../stages/engine/tf.ts';
import { read, withCapture, type CaptureRig, type Test } from './capture-rig.ts';
import { assign } from './random-step.ts';

const T = typeAttribute(dataType.float32);

/** image → convolution → Relu → convolution with the same weights → Sum; a gradient by the image of the first. */
function convolutions(): { readonly nodes: readonly Node[]; readonly names: Readonly<Record<'weights' | 'one' | 'relu' | 'two' | 'back' | 'filter' | 'sum', string>> } {
  const graph = new Graph();
  const image = graph.placeholder('image', dataType.float32, [1, 4, 4, 1]);
  const handle = graph.add({ operation: 'VarHandleOp', name: 'variable' });
  const weights = graph.add({ operation: 'ReadVariableOp', inputs: [first(handle)], attributes: { dtype: T } });
  const convolve = (operation: string, inputs: readonly Value[]) => graph.add({ operation, inputs, attributes: { T } });
  const one = convolve('Conv2D', [image, first(weights)]);
  const relu = graph.add({ operation: 'Relu', inputs: [first(one)], attributes: { T } });
  const two = convolve('Conv2D', [first(relu), first(weights)]);
  const sizes = graph.constant({ type: dataType.int32, shape: [4], bytes: new Uint8Array(16) });
  const back = convolve('Conv2DBackpropInput', [sizes, first(weights), first(two)]);
  const filter = convolve('Conv2DBackpropFilter', [image, sizes, first(back)]);
  const sum = graph.add({ operation: 'AddV2', inputs: [first(two), first(filter)], attributes: { T } });
  return { nodes: graph.nodes, names: { weights, one, relu, two, back, filter, sum } };
}

function passTests(test: Test): void {
  test('float32 leaves a graph as it is', () => {
    const { nodes } = convolutions();
    assert.is(withPrecision(nodes, 'float32'), nodes);
  });

  test('convolutions and their gradients take bfloat16, everything else reads float32, and no value is cast twice', () => {
    const { nodes, names } = convolutions();
    const lowered = withPrecision(nodes, 'bfloat16');
    const byName = new Map(lowered.map((node) => [node.name, node]));
    const typeOf = (name: string) => byName.get(name)!.attributes['T'];
    const bfloat16 = typeAttribute(dataType.bfloat16);
    for (const name of [names.one, names.two, names.back, names.filter]) assert.equal(typeOf(name), bfloat16, name);
    for (const name of [names.relu, names.sum]) assert.equal(typeOf(name), T, name);
    const sourceOf = (node: string, input: number) => {
      const read = byName.get(nodeOf(byName.get(node)!.inputs[input]!))!;
      return read.operation === 'Cast' ? `cast ${nodeOf(read.inputs[0]!)}` : read.name;
    };
    assert.equal([0, 1].map((input) => sourceOf(names.one, input)), ['cast image', `cast ${names.weights}`]);
    assert.equal([0, 1].map((input) => sourceOf(names.two, input)), [`cast ${names.relu}`, `cast ${names.weights}`]);
    // What is bfloat16 already goes on as it is; shapes stay what they are.
    assert.equal([0, 1, 2].map((input) => sourceOf(names.back, input)), [nodeOf(byName.get(names.back)!.inputs[0]!), `cast ${names.weights}`, names.two]);
    assert.is(sourceOf(names.filter, 2), names.back);
    assert.equal([sourceOf(names.relu, 0), sourceOf(names.sum, 0), sourceOf(names.sum, 1)], [`cast ${names.one}`, `cast ${names.two}`, `cast ${names.filter}`]);
    const casts = lowered.filter(({ operation }) => operation === 'Cast').map(({ inputs }) => inputs[0]);
    assert.is(new Set(casts).size, casts.length);
    assert.equal(lowered.filter(({ operation }) => operation !== 'Cast').map(({ name }) => name), nodes.map(({ name }) => name));
  });

  test('every node comes after those that it reads', () => {
    const seen = new Set<string>();
    for (const { name, inputs } of withPrecision(convolutions().nodes, 'bfloat16')) {
      for (const input of inputs) assert.ok(seen.has(nodeOf(input)), `${name} reads ${input}`);
      seen.add(name);
    }
  });

  test('what is no float32 is left alone', () => {
    const half = convolutions().nodes.map((node) => ('T' in node.attributes ? { ...node, attributes: { T: typeAttribute(19) } } : node));
    assert.equal(withPrecision(half, 'bfloat16'), half);
  });
}

/** The nearest bfloat16, ties to even. */
function rounded(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer);
  bits[0] = (bits[0]! + 0x7fff + ((bits[0]! >>> 16) & 1)) & 0xffff0000;
  return new Float32Array(bits.buffer)[0]!;
}

function tensorFlowTests(test: Test, { tf, compile }: CaptureRig): void {
  test('factors and result of a convolution are rounded to bfloat16; sums, updates and variables are float32', () => {
    const w = tf.tidy(() => tf.variable(tf.tensor4d([1 + 2 ** -7 + 2 ** -12], [1, 1, 1, 1])));
    const x = tf.tensor4d([1.23456789, -2.3456789, 3e-5, 7e20], [1, 2, 2, 1]);
    const step = (tensors: { readonly x: Tensor }) => tf.tidy(() => {
      const y = tf.conv2d(tensors.x as Tensor4D, w as unknown as Tensor4D, 1, 'same');
      assign(w as Variable, tf.add(w, 2 ** -20));
      return { y, plus: tf.add(tensors.x, 1e-3) };
    });
    const compiled = compile({ variables: new Map([['w', w]]), inputs: { x }, step, precision: 'bfloat16' });
    const values = [...x.dataSync()];
    const weight = w.dataSync()[0]!;
    const { y, plus } = read(compiled.run({ x }));
    assert.equal(y, values.map((value) => rounded(Math.fround(rounded(value) * rounded(weight)))));
    assert.equal(plus, values.map((value) => Math.fround(value + Math.fround(1e-3))));
    compiled.download();
    assert.is(w.dataSync()[0], Math.fround(weight + 2 ** -20));
    assert.is.not(w.dataSync()[0], rounded(w.dataSync()[0]!));
    compiled.dispose();
    tf.dispose([w, x]);
  });

  test('gradients of convolutions in bfloat16: near float32\'s, the same bits each time, and nothing is left', () => {
    const make = () => tf.tidy(() => [tf.variable(tf.randomNormal([3, 3, 3, 8], 0, 0.1, 'float32', 1)), tf.variable(tf.randomNormal([3, 3, 4, 8], 0, 0.1, 'float32', 2))] as const);
    const [down, up] = make();
    const variables = new Map<string, Variable>([['down', down], ['up', up]]);
    const x = tf.randomNormal([1, 16, 16, 3], 0, 1, 'float32', 3);
    const step = (tensors: { readonly x: Tensor }) => tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => {
        const hidden = tf.leakyRelu(tf.conv2d(tensors.x as Tensor4D, down as unknown as Tensor4D, 2, 'same'), 0.2);
        return tf.mean(tf.square(tf.conv2dTranspose(hidden as Tensor4D, up as unknown as Tensor4D, [1, 16, 16, 4], 2, 'same')));
      }, [down, up]);
      return { value, down: grads[down.name]!, up: grads[up.name]! };
    });
    const tensors = tf.memory().numTensors;
    const compiled = compile({ variables, inputs: { x }, step, precision: 'bfloat16' });
    const [runs, exact] = [[1, 2].map(() => read(compiled.run({ x }))), read(step({ x }))];
    assert.equal(runs[0], runs[1]);
    for (const [name, values] of Object.entries(exact)) {
      const largest = Math.max(...values.map(Math.abs));
      const error = Math.max(...values.map((value, index) => Math.abs(value - runs[0]![name]![index]!))) / largest;
      assert.ok(error > 1e-5 && error < 0.02, `${name}: ${error}`);
    }
    compiled.dispose();
    assert.is(tf.memory().numTensors, tensors);
    tf.dispose([down, up, x]);
  });
}

const test = suite('precision');
passTests(test);
await withCapture(test, tensorFlowTests);
test.run();
