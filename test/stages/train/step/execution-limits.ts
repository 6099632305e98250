/** Steps that cannot be captured, and what captured ones leave. */
import { readdirSync } from 'node:fs';
import type { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Variable } from '../../../../stages/engine/tf.ts';
import { capturedExecution, eagerExecution } from '../../../../stages/train/step/execution.ts';
import type { Trainer } from '../../../../stages/train/step/trainer.ts';
import { paper } from './bench.ts';
import { differing, range, Training, type CaptureBench } from './execution-rig.ts';

export function limitsTests(test: ReturnType<typeof suite>, bench: CaptureBench): void {
  const { tf, scratch } = bench;

  test('what cannot be captured runs eagerly, and is said once', () => {
    const reasons: string[] = [];
    const reading = (trainer: Trainer) => capturedExecution(tf, {
      ...trainer, step: (batch, rate) => {
        batch.realA.dataSync();
        return trainer.step(batch, rate);
      },
    }, { scratch, refused: (reason) => reasons.push(reason) });
    const [eager, graph] = [new Training(tf, paper, 16, eagerExecution), new Training(tf, paper, 16, reading)];
    for (const iteration of range(2)) assert.equal(graph.step(iteration), eager.step(iteration));
    assert.equal(differing(graph.bits(), eager.bits()), []);
    assert.is(reasons.length, 1);
    assert.match(reasons[0]!, /reads the values/);
    eager.dispose();
    graph.dispose();
  });

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
