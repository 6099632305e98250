/** Capturing leaves nothing behind. */
import { readdirSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { nativeTensors, snapshot, type CaptureRig, type Test } from './capture-rig.ts';
import { randomStep } from './random-step.ts';

export function nothingLeftTests(test: Test, { tf, scratch, compile }: CaptureRig): void {
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
}
