// The test runner itself: each way in which uvu would let a broken file pass is a fixture here, and must fail.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runFile } from './run-tests.js';

const fixtures = fileURLToPath(new URL('fixtures/', import.meta.url));

test('a good file passes with its counts', async () => {
  const result = await runFile(`${fixtures}passes.ts`);
  assert.equal({ passed: result.passed, failed: result.failed, problems: result.problems }, { passed: 2, failed: 0, problems: [] });
});

for (const name of readdirSync(fixtures).filter((file) => file !== 'passes.ts')) {
  test(`${name} fails`, async () => {
    const { failed, output } = await runFile(`${fixtures}${name}`);
    assert.ok(failed > 0, output);
  });
}

test.run();
