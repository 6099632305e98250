/** Where the newest values are: restored, read, written, and shared by graphs for batches of several sizes. */
import type { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { paper, withSettings } from './bench.ts';
import { differing, range, type CaptureBench, type Training } from './execution-rig.ts';

export function stateTests(test: ReturnType<typeof suite>, bench: CaptureBench): void {
  test('resume through capture: 3 steps, a new session, 3 steps are 6 steps', () => {
    const recipe = withSettings(paper, { ema_decay: 0.99 });
    const [whole, first, second] = range(3).map(() => bench.captured(recipe, 16)) as [Training, Training, Training];
    const losses = range(6).map((iteration) => whole.step(iteration));
    const parts = range(3).map((iteration) => first.step(iteration));
    second.restore(first.bits());
    parts.push(...range(3, 3).map((iteration) => second.step(iteration)));
    assert.equal(parts, losses);
    assert.equal(differing(second.bits(), whole.bits()), []);
    for (const training of [whole, first, second]) training.dispose();
  });

  test('reading between steps changes nothing, and what is written is taken', () => {
    const [eager, graph] = bench.both(paper, 16);
    const start = graph.bits();
    for (const iteration of range(3)) {
      assert.equal(graph.step(iteration), eager.step(iteration));
      assert.equal(differing(graph.bits(), eager.bits()), []);
      assert.equal(differing(graph.bits(), eager.bits()), []);
    }
    for (const training of [graph, eager]) training.restore(start);
    assert.equal(graph.step(9), eager.step(9));
    assert.equal(differing(graph.bits(), eager.bits()), []);
    eager.dispose();
    graph.dispose();
  });

  test('batches of other sizes are captured too, and all go on from one state', () => {
    const [eager, graph] = bench.both(paper, 16);
    for (const [iteration, count] of [2, 2, 1, 2, 1].entries()) assert.equal(graph.step(iteration, count), eager.step(iteration, count), `step ${iteration}`);
    assert.equal(differing(graph.bits(), eager.bits()), []);
    eager.dispose();
    graph.dispose();
  });
}
