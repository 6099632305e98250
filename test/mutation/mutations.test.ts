import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { occurrences, root } from './apply.ts';
import { mutations } from './mutations.ts';

test('the text that each mutation replaces is there once: who changes it changes the mutation', () => {
  const lost = mutations.filter((mutation) => occurrences(mutation) !== 1).map(({ name, file }) => `${file}: ${name}`);
  assert.equal(lost, []);
});

test('there are at least 25, of different names, and each names tests that exist', () => {
  assert.ok(mutations.length >= 25);
  assert.is(new Set(mutations.map(({ name }) => name)).size, mutations.length);
  for (const { name, tests } of mutations) assert.ok(tests.length > 0 && tests.every((file) => existsSync(join(root, file))), name);
});

test.run();
