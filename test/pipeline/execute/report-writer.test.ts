import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Catalog } from '../../../pipeline/catalog.ts';
import { ReportWriter } from '../../../pipeline/execute/report-writer.ts';
import { failed } from '../../../pipeline/failure.ts';

const catalogThatWrites = (writeReport: Catalog['writeReport']): Catalog => ({
  stages: new Map(), writeReport, summarize: async () => [],
  selectEngine: async () => failed('engine-unavailable', 'none'),
});

test('one rendering at a time; requests during one are answered by one more', async () => {
  let running = 0;
  let renderings = 0;
  const writer = new ReportWriter(catalogThatWrites(async (folder) => {
    running += 1;
    assert.is(running, 1);
    await new Promise(setImmediate);
    running -= 1;
    renderings += 1;
    return `${folder}/report.html`;
  }), '/run', () => assert.unreachable());
  for (let index = 0; index < 10; index += 1) writer.request();
  assert.is(await writer.finish(), '/run/report.html');
  assert.is(renderings, 2);
  assert.is(await writer.finish(), '/run/report.html');
  assert.is(renderings, 3);
});

test('a report that cannot be written is a warning, and a later one counts', async () => {
  const warnings: string[] = [];
  let broken = true;
  const writer = new ReportWriter(catalogThatWrites(async () => {
    if (broken) throw new Error('no samples');
    return 'report.html';
  }), '/run', (line) => warnings.push(line));
  assert.is(await writer.finish(), undefined);
  assert.equal(warnings, ['the report could not be written: no samples']);
  broken = false;
  assert.is(await writer.finish(), 'report.html');
});

test.run();
