import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunEvent } from '../../../pipeline/progress/events.ts';
import { jsonLinesReporter } from '../../../pipeline/progress/json-lines.ts';
import { plainReporter } from '../../../pipeline/progress/plain.ts';
import { runFolderReporter } from '../../../pipeline/progress/run-folder-files.ts';
import { barLine } from '../../../pipeline/progress/terminal.ts';
import { ThroughputMeter } from '../../../pipeline/progress/throughput.ts';

const step = (done: number, total = 1000): RunEvent => ({
  event: 'stage-progress', stage: 'train', progress: { done, total, unit: 'iterations', phase: 'epoch 1 of 5', figures: { generator: 3.21456 } },
});

test('throughput counts from where a continued stage begins, and follows the last half minute', () => {
  const meter = new ThroughputMeter();
  assert.equal(meter.add({ done: 500, total: 1000, unit: 'images' }, 0), { perSecond: undefined, secondsLeft: undefined });
  assert.equal(meter.add({ done: 510, total: 1000, unit: 'images' }, 1000), { perSecond: 10, secondsLeft: 49 });
  for (let second = 2; second <= 100; second += 1) meter.add({ done: 510 + second, total: 1000, unit: 'images' }, second * 1000);
  assert.is(meter.add({ done: 611, total: 1000, unit: 'images' }, 101_000).perSecond, 1);
  assert.is(meter.add({ done: 3, total: 1000, unit: 'images' }, 102_000).perSecond, undefined, 'a new count begins anew');
});

test('plain lines: starts and ends always, progress only now and then', () => {
  let text = '';
  let now = 0;
  const reporter = plainReporter({ write: (line) => { text += line; }, interval: 10_000, now: () => now });
  reporter.report({ event: 'stage-started', stage: 'train', reason: 'never run', attempt: 'x' });
  for (let index = 1; index <= 600; index += 1) {
    now += 50;
    reporter.report(step(index));
  }
  reporter.report({ event: 'stage-ended', stage: 'train', state: 'done', seconds: 30, figures: { generator: 3.2 } });
  const lines = text.trimEnd().split('\n');
  assert.is(lines[0], 'train: running (never run)');
  assert.is(lines.at(-1), 'train: done in 30 s  generator 3.2');
  assert.is(lines.length, 5, text);
  assert.match(lines[2]!, /^train: epoch 1 of 5, \d+ of 1,000 iterations, 20 iterations\/s, \d+ s left, generator 3\.215$/);
});

test('JSON lines: each parses, log lines are left out, progress is limited', () => {
  const lines: string[] = [];
  const reporter = jsonLinesReporter({ write: (line) => lines.push(line), interval: 60_000 });
  for (let index = 0; index < 50; index += 1) reporter.report(step(index));
  reporter.report({ event: 'stage-log', stage: 'train', line: 'x' });
  reporter.report({ event: 'message', line: 'two\nlines' });
  const events = lines.map((line) => JSON.parse(line) as { readonly event: string; readonly time: string });
  assert.equal(events.map((event) => event.event), ['stage-progress', 'message']);
  assert.ok(lines.every((line) => line.indexOf('\n') === line.length - 1));
});

test('a bar fits its line at every width', () => {
  const payload = { name: 'train', progress: { done: 120, total: 1000, unit: 'iterations', phase: 'epoch 1 of 5', figures: { generator: 3.2, discriminator: 0.25 } }, throughput: { perSecond: 2, secondsLeft: 440 }, since: 0 } as const;
  for (let columns = 10; columns < 140; columns += 1) assert.ok(barLine(payload, columns, false).length < columns);
  const line = barLine(payload, 200, false);
  assert.is(line, 'train  ██░░░░░░░░░░░░░░░░░░  12%  epoch 1 of 5  2 iterations/s  7 min 20 s left  generator 3.2  discriminator 0.25');
});

test('a run folder in which logs cannot be written loses lines, not the run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'giverny-reporters-'));
  try {
    writeFileSync(join(folder, 'logs'), 'a file where the folder should be');
    const reporter = runFolderReporter(folder);
    reporter.report({ event: 'stage-log', stage: 'train', line: 'x' });
    reporter.report({ event: 'message', line: 'y' });
    reporter.close();
    assert.equal(readdirSync(folder).sort(), ['events.jsonl', 'logs']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
