// Captured steps against eager ones, on the real engine. Threads within operations decide rounding, so there is one.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { capture, updateInPlace, type CaptureRequest, type CompiledStep } from '../../../../stages/engine/capture/index.ts';
import type { Scalar, Tensor, Tf, Variable } from '../../../../stages/engine/tf.ts';
import { testEngine } from '../../../helpers/test-engine.ts';
import { assign, randomStep } from './random-step.ts';

process.env['TF_NUM_INTEROP_THREADS'] = '3';
process.env['TF_NUM_INTRAOP_THREADS'] = '1';
const tf = await testEngine('tensorflow');
const scratch = mkdtempSync(join(tmpdir(), 'capture-'));
const test = suite('capture');
if (tf) captureTests(tf);
test.after(() => rmSync(scratch, { recursive: true }));
test.run();

type Values = Readonly<Record<string, readonly number[]>>;

function captureTests(tf: Tf): void {
  const compile = <I extends string, O extends string>(request: Omit<CaptureRequest<I, O>, 'scratch'>): CompiledStep<O> => {
    const captured = capture(tf, { ...request, scratch });
    if (!captured.ok) throw new Error(captured.failure.message);
    return captured.value;
  };
  const refusal = (step: (x: Tensor) => Tensor, variables: ReadonlyMap<string, Variable> = new Map()) => {
    const x = tf.tensor([3, 1, 2]);
    const captured = capture(tf, { variables, inputs: { x }, step: ({ x }) => ({ y: tf.tidy(() => step(x)) }), scratch });
    x.dispose();
    if (captured.ok) throw new Error('it was captured');
    return captured.failure;
  };
  const counter = () => tf.tidy(() => tf.variable(tf.scalar(0)));
  const add = (variable: Variable, value: Tensor) => tf.tidy(() => assign(variable, tf.add(variable, value)));

  test('random steps compute what the eager ones do, outputs and variables, step after step', () => {
    for (let seed = 1; seed <= 25; seed++) {
      const random = randomStep(tf, seed);
      const compiled = compile(random);
      const captured = [1, 2, 3].map(() => read(compiled.run(random.inputs)));
      const eager = [1, 2, 3].map(() => read(random.step(random.inputs)));
      captured.forEach((values, step) => assertNear(values, eager[step]!, `seed ${seed}, step ${step}`));
      const after = snapshot(random.variables);
      compiled.download();
      assertNear(snapshot(random.variables), after, `seed ${seed}`);
      compiled.dispose();
      random.dispose();
    }
  });

  test('capturing changes no variable, leaves no tensor and no file', () => {
    const random = randomStep(tf, 3);
    compile(random).dispose();
    const [variables, tensors] = [snapshot(random.variables), tf.memory().numTensors];
    const compiled = compile(random);
    assert.equal(snapshot(random.variables), variables);
    assert.is(tf.memory().numTensors, tensors);
    assert.equal(readdirSync(scratch), []);
    compiled.dispose();
    random.dispose();
  });

  test('a step captured twice gives the same bits from the same values', () => {
    const random = randomStep(tf, 7, 40);
    const start = new Map([...random.variables].map(([name, variable]) => [name, variable.clone()]));
    const runs = [1, 2].map(() => {
      for (const [name, value] of start) assign(random.variables.get(name)!, value);
      const compiled = compile(random);
      const outputs = Array.from({ length: 10 }, () => read(compiled.run(random.inputs)));
      compiled.download();
      compiled.dispose();
      return { outputs, variables: snapshot(random.variables) };
    });
    assert.ok(isDeepStrictEqual(runs[0], runs[1]));
    tf.dispose([...start.values()]);
    random.dispose();
  });

  test('upload and download carry every value, signs of zero and NaN too', () => {
    const values = [0, -0, NaN, Infinity, -Infinity, 1e-45, 3];
    const variables = new Map([['f', tf.tidy(() => tf.variable(tf.tensor(values)))], ['i', tf.tidy(() => tf.variable(tf.tensor([7, -1], [2], 'int32')))], ['n', counter()]]);
    const [f, i, n] = [...variables.values()] as [Variable, Variable, Variable];
    const compiled = compile({ variables, inputs: {}, step: () => tf.tidy(() => {
      for (const variable of [f, i]) assign(variable, tf.reverse(tf.reverse(variable, 0), 0));
      add(n, tf.scalar(1));
      return {};
    }) });
    for (const round of [1, 2, 3]) {
      compiled.upload();
      tf.dispose(compiled.run({}));
      compiled.download();
      assert.equal([...f.dataSync()].map((value) => (Object.is(value, -0) ? 'minus zero' : value)), values.map((value) => (Object.is(value, -0) ? 'minus zero' : Math.fround(value))));
      assert.equal([...i.dataSync()], [7, -1]);
      assert.is(n.dataSync()[0], round);
    }
    compiled.dispose();
    tf.dispose([f, i, n]);
  });

  test('variables, inputs and constants that share a tensor stay apart', () => {
    const a = tf.tidy(() => tf.variable(tf.scalar(1)));
    const b = tf.tidy(() => tf.variable(a.clone()));
    const outside = a.clone();
    const compiled = compile({ variables: new Map([['a', a], ['b', b]]), inputs: { x: outside, y: outside }, step: ({ x, y }) => tf.tidy(() => {
      add(a, x);
      add(b, tf.mul(y, outside));
      return { a: tf.clone(a), b: tf.clone(b) };
    }) });
    const [ten, hundred] = [tf.scalar(10), tf.scalar(100)];
    assert.equal(read(compiled.run({ x: ten, y: hundred })), { a: [11], b: [101] });
    assert.equal(read(compiled.run({ x: ten, y: hundred })), { a: [21], b: [201] });
    compiled.dispose();
    tf.dispose([a, b, outside, ten, hundred]);
  });

  test('one variable may take the value of another', () => {
    const [a, b] = [tf.tidy(() => tf.variable(tf.scalar(1))), tf.tidy(() => tf.variable(tf.scalar(2)))];
    const compiled = compile({ variables: new Map([['a', a], ['b', b]]), inputs: {}, step: () => tf.tidy(() => {
      const before = a.clone();
      assign(a, b.clone());
      assign(b, before);
      return {};
    }) });
    compiled.run({});
    compiled.download();
    assert.equal([a.dataSync()[0], b.dataSync()[0]], [2, 1]);
    compiled.dispose();
    tf.dispose([a, b]);
  });

  test('150 steps leave no tensor and no growing memory', () => {
    const random = randomStep(tf, 11, 30);
    const compiled = compile(random);
    const [start, native] = [tf.memory().numTensors, nativeTensors(tf)];
    for (let step = 0; step < 150; step++) {
      tf.dispose(compiled.run(random.inputs));
      if (step % 30 === 29) compiled.download();
      if (step % 50 === 49) compiled.upload();
    }
    assert.is(tf.memory().numTensors, start);
    // Variables that were made of a typed array reach the binding with the first read: at most one each.
    assert.ok(nativeTensors(tf) <= native + random.variables.size);
    compiled.dispose();
    random.dispose();
  });

  test('inputs of other shapes or names do not fit, and are refused', () => {
    const x = tf.ones([2, 3]);
    const compiled = compile({ variables: new Map(), inputs: { x }, step: ({ x }) => ({ y: tf.square(x) }) });
    const others = [tf.ones([3, 2]), tf.ones([1, 3]), tf.ones([2, 3], 'int32')];
    assert.ok(compiled.fits({ x }));
    for (const other of others) {
      assert.not.ok(compiled.fits({ x: other }));
      assert.throws(() => compiled.run({ x: other }), /x float32 \[2, 3\]/);
    }
    assert.not.ok(compiled.fits({}));
    assert.not.ok(compiled.fits({ x, y: x }));
    compiled.dispose();
    tf.dispose([x, ...others]);
  });

  test('what cannot be captured is named', () => {
    const random = refusal((x) => tf.multinomial(x as never, 2, 1) as Tensor);
    assert.is(random.operation, 'Multinomial');
    assert.match(random.message, /Multinomial.*random/);
    const values = refusal((x) => tf.scalar(x.dataSync()[0]!));
    assert.match(values.message, /reads the values/);
    const text = refusal((x) => { tf.equal(tf.tensor(['a']), tf.tensor(['b'])); return x.clone(); });
    assert.is(text.operation, 'Equal');
    const undeclared = counter();
    assert.match(refusal((x) => tf.mul(x, undeclared)).message, /variable .* not among/);
    assert.match(refusal((x) => { assign(undeclared, tf.sum(x)); return x.clone(); }).message, /variable .* not among/);
    undeclared.dispose();
  });

  test('a step that cannot be captured has run whole, and nothing is left of it', () => {
    const n = counter();
    const tensors = tf.memory().numTensors;
    let runs = 0;
    const failure = refusal((x) => { runs++; add(n, tf.scalar(1)); x.dataSync(); add(n, tf.scalar(1)); return x.clone(); }, new Map([['n', n]]));
    assert.match(failure.message, /reads/);
    assert.is(runs, 1);
    assert.is(n.dataSync()[0], 0);
    assert.is(tf.memory().numTensors, tensors);
    n.dispose();
  });

  test('an exception in the step passes through, and the engine goes on', () => {
    const n = counter();
    const failing = () => tf.tidy(() => { add(n, tf.scalar(1)); throw new RangeError('on purpose'); });
    assert.throws(() => capture(tf, { variables: new Map([['n', n]]), inputs: {}, step: failing, scratch }), /on purpose/);
    assert.is(n.dataSync()[0], 0);
    assert.is(tf.tidy(() => tf.add(2, 3).dataSync()[0]), 5);
    n.dispose();
  });

  test('an operation in place does what its plain form does, also beside plain assignments', () => {
    const values = [1, -2, 3];
    const make = () => tf.tidy(() => tf.variable(tf.tensor(values)));
    const variables = new Map([['w', make()], ['copy', make()]]);
    const [w, copy] = [...variables.values()] as [Variable, Variable];
    const step = ({ x }: { readonly x: Tensor }) => tf.tidy(() => {
      const before = tf.square(w);
      const descend = (by: Scalar) => updateInPlace(tf, {
        operation: 'ResourceApplyGradientDescent', variables: [w], inputs: [by, x], attributes: { T: { kind: 'type', value: 1 } },
      }, () => assign(w, tf.sub(w, tf.mul(by, x))));
      descend(tf.scalar(0.5));
      const between = tf.square(w);
      assign(w, tf.mul(w, 2));
      descend(tf.scalar(0.25));
      descend(tf.scalar(0.125));
      assign(copy, w.clone());
      return { before, between, after: tf.square(w) };
    });
    const x = tf.tensor([4, 8, -16]);
    const compiled = compile({ variables, inputs: { x }, step });
    const captured = [1, 2].map(() => read(compiled.run({ x })));
    assert.equal(captured, [1, 2].map(() => read(step({ x }))));
    const eager = snapshot(variables);
    compiled.download();
    assert.equal(snapshot(variables), eager);
    compiled.dispose();
    tf.dispose([w, copy, x]);
  });
}

/** TensorFlow may sum up in another order in a graph. */
function assertNear(actual: Values, expected: Values, what: string): void {
  assert.equal(Object.keys(actual), Object.keys(expected));
  for (const [name, values] of Object.entries(expected)) {
    const worst = Math.max(...values.map((value, index) => Math.abs(value - actual[name]![index]!) / Math.max(1, Math.abs(value))));
    assert.ok(worst <= 1e-5, `${what}, ${name}: ${worst}`);
  }
}

/** The values of tensors, which are disposed. */
function read(tensors: Readonly<Record<string, Tensor>>): Values {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => {
    const values = [...tensor.dataSync()];
    tensor.dispose();
    return [name, values];
  }));
}

const snapshot = (variables: ReadonlyMap<string, Variable>): Values => Object.fromEntries([...variables].map(([name, variable]) => [name, [...variable.dataSync()]]));

const nativeTensors = (tf: Tf): number => (tf.backend() as unknown as { readonly binding: { getNumOfTensors(): number } }).binding.getNumOfTensors();
