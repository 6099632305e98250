/** Captured steps compute what eager ones do. */
import { isDeepStrictEqual } from 'node:util';
import * as assert from 'uvu/assert';
import { updateInPlace } from '../../../../stages/engine/capture/index.ts';
import type { Scalar, Tensor, Variable } from '../../../../stages/engine/tf.ts';
import { assertNear, read, snapshot, type CaptureRig, type Test } from './capture-rig.ts';
import { assign, randomStep } from './random-step.ts';

export function computationTests(test: Test, { tf, compile }: CaptureRig): void {
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
