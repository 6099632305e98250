/** Steps that cannot be captured, and what captured ones leave. */
import { readdirSync } from 'node:fs';
import type { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Tensor4D, Variable } from '../../../../stages/engine/tf.ts';
import { capturedExecution, eagerExecution } from '../../../../stages/train/step/execution.ts';
import type { Trainer } from '../../../../stages/train/step/trainer.ts';
import { paper } from './bench.ts';
import { differing, range, Training, type CaptureBench } from './execution-rig.ts';

export function limitsTests(test: ReturnType<typeof suite>, bench: CaptureBench): void {
  const { tf, scratch } = bench;

  const obstacles: readonly (readonly [string, RegExp, (images: Tensor4D) => unknown])[] = [
    ['values that are read', /reads the values/, (images) => images.dataSync()],
    ['an operation that draws', /^Multinomial cannot be captured: it draws random numbers/, () => tf.tidy(() => tf.multinomial([0.5, 0.5], 2, 1).shape)],
  ];
  for (const [what, reason, obstacle] of obstacles) {
    test(`${what}: steps run eagerly, and that is said once, with what is in the way`, () => {
      const reasons: string[] = [];
      const hindered = (trainer: Trainer) => capturedExecution(tf, {
        ...trainer, step: (batch, rate) => {
          obstacle(batch.realA);
          return trainer.step(batch, rate);
        },
      }, { scratch, refused: (message) => reasons.push(message) });
      const [eager, graph] = [new Training(tf, paper, 16, eagerExecution), new Training(tf, paper, 16, hindered)];
      for (const [iteration, count] of [1, 1, 2].entries()) assert.equal(graph.step(iteration, count), eager.step(iteration, count));
      assert.equal(differing(graph.bits(), eager.bits()), []);
      assert.is(reasons.length, 1);
      assert.match(reasons[0]!, reason);
      eager.dispose();
      graph.dispose();
    });
  }

  test('no tensor is left of a captured training, and no file', () => {
    const before = [tf.memory().numTensors, Object.keys(tf.engine().registeredVariables as Readonly<Record<string, Variable>>).length];
    const graph = bench.captured(paper, 16);
    graph.step(0);
    const between = tf.memory().numTensors;
    for (const iteration of range(20, 1)) graph.step(iteration);
    assert.is(tf.memory().numTensors, between);
    graph.dispose();
    assert.equal([tf.memory().numTensors, Object.keys(tf.engine().registeredVariables as Readonly<Record<string, Variable>>).length], before);
    assert.equal(readdirSync(scratch), []);
  });
}
