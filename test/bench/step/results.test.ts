import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { merge, median, rows, type Measurement, type Results } from '../../../bench/step/results.ts';
import type { Task } from '../../../bench/step/task.ts';

const task: Task = { kind: 'step', recipe: 'chapter', size: 128, batch: 1 };

function measured(peer: string, milliseconds: readonly (readonly number[])[], changes: Partial<Measurement> = {}): Measurement {
  return {
    task, peer, label: peer, precision: 'float32', ours: false, run: '1', rounds: milliseconds, cpu: milliseconds, first: 1, peak: 100, difference: 0, ...changes,
  };
}

const ratios = (measurements: readonly Measurement[]) => Object.fromEntries(rows(measurements).map(({ peer, ratio }) => [peer, ratio]));

test('the median is the middle of the sorted values, or the mean of the two in the middle', () => {
  assert.is(median([9, 1, 2]), 2);
  assert.is(median([4, 1, 2, 9]), 3);
});

test('rounds are one series', () => {
  assert.is(rows([measured('torch', [[1, 2], [30, 40, 50]])])[0]!.median, 30);
});

test('a ratio is to the best peer, never to ourselves', () => {
  const all = [measured('torch', [[200]]), measured('keras', [[100]]), measured('ours', [[50]], { ours: true, peak: 25 }), measured('ours-eager', [[150]], { ours: true })];
  assert.equal(ratios(all), { torch: 2, keras: 1, ours: 0.5, 'ours-eager': 1.5 });
  assert.is(rows(all)[2]!.memoryRatio, 0.25);
});

test('a ratio is to a peer of the same task, precision and run; without one there is none', () => {
  const ours = measured('ours', [[50]], { ours: true });
  for (const other of [{ precision: 'bfloat16' as const }, { run: '2' }, { task: { ...task, batch: 4 } }, { task: { ...task, kind: 'inference' as const } }]) {
    assert.is(ratios([ours, measured('torch', [[100]], other)])['ours'], undefined);
  }
});

test('what is measured again takes the place of what was, whether measured or refused', () => {
  const refusal = { task, peer: 'keras', label: 'keras', precision: 'float32', reason: 'differs' } as const;
  const earlier: Results = { measurements: [measured('torch', [[1]]), measured('keras', [[2]])], refusals: [] };
  const merged = merge(earlier, { measurements: [measured('torch', [[3]])], refusals: [refusal] });
  assert.equal(merged.measurements.map(({ peer, rounds }) => [peer, rounds]), [['torch', [[3]]]]);
  assert.equal(merged.refusals, [refusal]);
  assert.equal(merge(merged, earlier), earlier);
});

test.run();
