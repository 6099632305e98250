/** Holds every kind of layer, and the two losses, to Keras's in float64 (reference/layer_cases.py) on one engine. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Tensor, Tensor1D, Tensor4D, Tf, Variable } from '../../stages/engine/tf.ts';
import { networkWeights } from '../../stages/model/network-weights.ts';
import { NetworkWriter } from '../../stages/model/network-writer.ts';
import { operationsFor, plainOperations, type Operations } from '../../stages/model/operations/index.ts';
import { testEngine } from '../helpers/test-engine.ts';
import { deterministicWeight, uniform } from './deterministic.ts';
import { Goldens } from './goldens.ts';
import { caseInput, layerCases, type LayerCase } from './layer-cases.ts';

type Backend = 'tensorflow' | 'wasm';
const bound = 1e-5;

export async function layerParity(backend: Backend): Promise<void> {
  const test = suite(`layers in Keras and on ${backend}`);
  const tf = await testEngine(backend);
  if (tf !== undefined) writeTests(test, tf, await Goldens.open('layers'));
  test.run();
}

function writeTests(test: ReturnType<typeof suite>, tf: Tf, goldens: Goldens): void {
  const forms = new Set([operationsFor(tf), plainOperations(tf)]);
  for (const [name, layer] of Object.entries(layerCases)) {
    test(`${name}: the output and the gradients by the input and each weight`, () => {
      for (const operations of forms) compare(tf, goldens, name, layer, operations);
    });
  }

  test('every golden has a case here', () => {
    assert.equal([...new Set(goldens.names.map((name) => name.split('/')[0]))].sort(), Object.keys(layerCases).sort());
  });

  test('row normalization of [1, 3] is ±0.999000999', () => {
    for (const operations of forms) {
      const y = operations.normalizeRows(tf.tensor4d([1, 3], [1, 1, 2, 1]), tf.tensor1d([1]), tf.tensor1d([0]), 1e-3).dataSync();
      assert.ok(Math.abs(y[0]! + 0.999000999) < 1e-6 && Math.abs(y[1]! - 0.999000999) < 1e-6, String(y));
    }
  });

  test('in a constant row the deviation passes no gradient on: nothing is NaN, gamma gets 0 of it', () => {
    for (const operations of forms) {
      const gradient = tf.grads((x, gamma) => operations.normalizeRows(x as Tensor4D, gamma as Tensor1D, tf.tensor1d([0, 0]), 1e-3));
      const dy = tf.tensor4d([5, -3, 1, 1], [1, 2, 2, 1]);
      const [dx, dgamma] = gradient([tf.tensor4d([0.25, 0.25, -1, -1], [1, 2, 2, 1]), tf.tensor1d([1, 1])], dy).map((t) => [...t.dataSync()]);
      assert.equal(dgamma, [0, 0]);
      // (dy − mean dy)/epsilon is the function's derivative there; the constant dy of the second row gives none.
      [4000, -4000, 0, 0].forEach((expected, index) => assert.ok(Math.abs(dx![index]! - expected) < 0.01, String(dx)));
    }
  });

  test('outputs, gradients by inputs and by weights, and statistics were compared', () => {
    if (process.env['GIVERNY_PARITY_FIGURES'] !== undefined) console.log(goldens.figures().join('\n'));
    assert.ok(goldens.figures().length === 4);
  });
}

/** Everything of a case that the reference has. */
function compare(tf: Tf, goldens: Goldens, name: string, layer: LayerCase, operations: Operations): void {
  tf.engine().startScope();
  const { weights, run } = prepare(tf, layer, operations);
  const x = tf.variable(tf.tensor(caseInput(name, layer.shape), [...layer.shape])) as Variable;
  const trainable = [...weights].filter(([, variable]) => variable.trainable);
  let output: Tensor | undefined;
  const { grads } = tf.variableGrads(() => {
    const y = run(x as unknown as Tensor4D);
    output = tf.keep(y.clone());
    return tf.sum(tf.mul(y, tf.tensor(uniform(`dy/${name}`, y.shape), y.shape)));
  }, [x, ...trainable.map(([, variable]) => variable)]);
  goldens.holdsEverywhere('output', `${name}/output`, output!.dataSync(), bound);
  goldens.holdsEverywhere('gradient by the input', `${name}/input`, grads[x.name]!.dataSync(), bound);
  for (const [key, variable] of trainable) goldens.holdsInNorm('gradient by a weight', `${name}/${key}`, grads[variable.name]!.dataSync(), bound);
  for (const [key, variable] of weights) if (!variable.trainable) goldens.holdsInNorm('moving statistics', `${name}/${key}`, variable.dataSync(), bound);
  tf.dispose([output!, x, ...weights.values()]);
  tf.engine().endScope();
}

function prepare(tf: Tf, layer: LayerCase, operations: Operations): { readonly weights: ReadonlyMap<string, Variable>; run(x: Tensor4D): Tensor } {
  if ('loss' in layer) return { weights: new Map(), run: (x) => layer.loss(tf, x) };
  const [, height, width, channels] = layer.shape;
  const network = layer.write(new NetworkWriter(tf, [height, width, channels], operations)).model('layer');
  const weights = networkWeights(network);
  for (const [key, variable] of weights) variable.assign(tf.tensor(deterministicWeight(key, variable.shape), variable.shape));
  return { weights, run: (x) => network.apply(x, { training: layer.inference !== true }) as Tensor };
}
