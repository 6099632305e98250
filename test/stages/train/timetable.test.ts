import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Timetable } from '../../../stages/train/timetable.ts';
import { chapter, valueOf } from './tiny-training.ts';

const timetable = (overrides: Readonly<Record<string, unknown>> = {}, iterationsPerEpoch = 5) => new Timetable(valueOf(chapter(overrides)).params, iterationsPerEpoch);
const upTo = (last: number) => Array.from({ length: last + 1 }, (_, iteration) => iteration);

test('the regular checkpoint before an iteration is the last one before it that is due without an end or an interruption', () => {
  for (const checkpoint_every of [1, 2, '3 iterations', '1 iterations', '7 iterations', 100]) {
    const table = timetable({ epochs: 4, checkpoint_every });
    for (const iteration of upTo(20).slice(1)) {
      const before = table.regularCheckpointBefore(iteration);
      assert.is(before, upTo(iteration - 1).filter((each) => table.isRegularCheckpoint(each)).at(-1), `${checkpoint_every}, ${iteration}`);
    }
  }
});

test('a checkpoint is due where one is regular, and at the end', () => {
  const table = timetable({ epochs: 2, checkpoint_every: '4 iterations' });
  assert.equal(upTo(10).filter((iteration) => iteration > 0 && table.checkpointDue(iteration)), [4, 8, 10]);
  assert.is(table.lastIteration, 10);
});

test('epochs end after as many iterations; keep_every counts epochs', () => {
  const table = timetable({ keep_every: 2 });
  assert.equal([0, 4, 5, 9, 10].map((iteration) => table.epochsDone(iteration)), [0, 0, 1, 1, 2]);
  assert.equal(upTo(10).filter((iteration) => table.isEpochEnd(iteration)), [0, 5, 10]);
  assert.equal([1, 2, 3, 4].map((epoch) => table.keepsNetworks(epoch)), [false, true, false, true]);
  assert.not.ok(timetable().keepsNetworks(1));
});

test.run();
