/** What is not captured. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { capture } from '../../../../stages/engine/capture/index.ts';
import type { Tensor } from '../../../../stages/engine/tf.ts';
import { type CaptureRig, type Test } from './capture-rig.ts';
import { assign } from './random-step.ts';

export function refusalTests(test: Test, { tf, scratch, compile, refusal, counter, add }: CaptureRig): void {
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
    assert.is(undeclared.dataSync()[0], 0);
    undeclared.dispose();
  });

  test('a step that cannot be captured ends there, and nothing is left of it', () => {
    const n = counter();
    const tensors = tf.memory().numTensors;
    let [begun, ended] = [0, 0];
    const failure = refusal((x) => { begun++; add(n, tf.scalar(1)); x.dataSync(); ended++; return x.clone(); }, new Map([['n', n]]));
    assert.match(failure.message, /reads/);
    assert.equal([begun, ended], [1, 0]);
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

  test('what the file system refuses is no refusal of the graph: it is thrown, and nothing is left of the capture', () => {
    const n = counter();
    const file = join(scratch, 'a file');
    writeFileSync(file, '');
    const tensors = tf.memory().numTensors;
    const step = () => tf.tidy(() => { add(n, tf.scalar(1)); return {}; });
    assert.throws(() => capture(tf, { variables: new Map([['n', n]]), inputs: {}, step, scratch: join(file, 'below') }), /ENOTDIR|EEXIST/);
    assert.is(n.dataSync()[0], 0);
    assert.is(tf.memory().numTensors, tensors);
    rmSync(file);
    n.dispose();
  });
}
