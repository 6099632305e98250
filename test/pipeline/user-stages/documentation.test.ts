// docs/user-stages.md shows the examples as they are, every parameter and member that there is, and every failure.
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runnerFailures } from '../../../pipeline/failure.ts';
import { commandFailures } from '../../../stages/command/failures.ts';
import { commandSchema } from '../../../stages/command/schema.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const page = readFileSync(`${root}/docs/user-stages.md`, 'utf8');

test('the examples stand in it word for word', () => {
  const shown = readdirSync(`${root}/configs/examples`).filter((name) => name !== 'read-npy.ts');
  assert.is(shown.length, 4);
  for (const name of shown) assert.ok(page.includes(readFileSync(`${root}/configs/examples/${name}`, 'utf8')), name);
});

test('every parameter of command has a row, and every property of its schema a description', () => {
  for (const [name, property] of Object.entries(commandSchema['properties'] as Readonly<Record<string, { readonly description?: string }>>)) {
    assert.match(page, `| \`${name}\` |`);
    assert.ok((property.description ?? '').length > 20, name);
  }
});

test('every failure has a row', () => {
  const codes = [...Object.keys(commandFailures), ...Object.keys(runnerFailures).filter((code) => code.startsWith('user-stage-'))];
  assert.ok(codes.length >= 10);
  for (const code of codes) assert.match(page, `| \`${code}\` |`);
});

test.run();
