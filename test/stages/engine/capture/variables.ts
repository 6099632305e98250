/** Variables of captured steps. */
import * as assert from 'uvu/assert';
import type { Variable } from '../../../../stages/engine/tf.ts';
import { read, type CaptureRig, type Test } from './capture-rig.ts';
import { assign } from './random-step.ts';

export function variablesTests(test: Test, { tf, compile, counter, add }: CaptureRig): void {
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

  test('variables whose values the session alone has are not read by mistake, and come back; those that no step writes keep theirs', () => {
    const [n, kept] = [counter(), counter()];
    const compiled = compile({ variables: new Map([['n', n], ['kept', kept]]), inputs: {}, step: () => tf.tidy(() => { add(n, tf.add(kept, 1)); return {}; }) });
    compiled.release();
    compiled.run({});
    assert.throws(() => n.dataSync());
    assert.is(kept.dataSync()[0], 0);
    compiled.download();
    assert.is(n.dataSync()[0], 1);
    compiled.release();
    add(kept, tf.scalar(1));
    assign(n, tf.scalar(10));
    compiled.upload();
    compiled.run({});
    compiled.download();
    assert.is(n.dataSync()[0], 12);
    compiled.dispose();
    tf.dispose([n, kept]);
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
}
