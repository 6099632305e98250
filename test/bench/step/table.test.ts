import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Measurement, Results } from '../../../bench/step/results.ts';
import { textTables } from '../../../bench/step/table.ts';

const one = (changes: Partial<Measurement>): Measurement => ({
  task: { kind: 'step', recipe: 'paper', size: 64, batch: 4 }, peer: 'torch', label: 'PyTorch', precision: 'float32', ours: false, run: '1',
  rounds: [[1000, 1200], [1100]], cpu: [[2000, 2400], [2200]], first: 3.2, peak: 1234.4, difference: 0.00012, ...changes,
});

const lines = (results: Results): string[][] => textTables(results).split('\n').map((line) => line.split(/ {2,}/));

test('a table a task: float32 before bfloat16, the slowest first, all columns in line', () => {
  const ours = one({ peer: 'ours', label: 'Ours', ours: true, rounds: [[550]] });
  const results = { measurements: [one({ peer: 'b', label: 'Half', precision: 'bfloat16' as const }), ours, one({})], refusals: [] };
  const [title, head, ...rows] = lines(results);
  assert.equal(title, ['training step, paper, 64×64, batch 4']);
  assert.equal(head!.slice(1), ['precision', 'ms', 'min–max', 'ratio', 'CPU ms', 'first s', 'peak MiB', 'memory ratio', 'difference']);
  assert.equal(rows, [
    ['PyTorch', 'float32', '1100', '1000–1200', '1.00', '2200', '3', '1234', '1.00', '1.2e-4'],
    ['Ours', 'float32', '550', '550–550', '0.50', '2200', '3', '1234', '1.00', '1.2e-4'],
    ['Half', 'bfloat16', '1100', '1000–1200', '1.00', '2200', '3', '1234', '1.00', '1.2e-4'],
  ]);
  const text = textTables(results).split('\n').slice(1);
  assert.is(new Set(text.map((line) => line.length)).size, 1);
});

test('of inference it says images a second, and who was not measured and why', () => {
  const task = { kind: 'inference', recipe: 'chapter', size: 128, batch: 4 } as const;
  const refused = { task, peer: 'keras', label: 'Keras', precision: 'float32' as const, reason: 'it differs' };
  const text = lines({ measurements: [one({ task, rounds: [[100]] })], refusals: [refused] });
  assert.is(text[2]![text[1]!.indexOf('images/s')], '40.0');
  assert.equal(text[3], ['not measured: Keras, float32: it differs']);
});

test.run();
