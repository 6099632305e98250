import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { areInstalled } from '../../bin/install.js';

const lockOf = (packages: object): string => JSON.stringify({ packages });
const a = { version: '1.0.0', integrity: 'sha512-a' };

test('what npm installed of our lock file counts as installed', () => {
  const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  assert.ok(areInstalled(read('package-lock.json'), read('node_modules/.package-lock.json')));
});

test('another version, a missing package, or one for this system that is missing, does not', () => {
  const lock = lockOf({ '': { version: '9' }, a });
  assert.ok(areInstalled(lock, lockOf({ a, more: a })));
  assert.not.ok(areInstalled(lock, lockOf({ a: { ...a, version: '1.0.1' } })));
  assert.not.ok(areInstalled(lock, lockOf({ a: { ...a, integrity: 'sha512-b' } })));
  assert.not.ok(areInstalled(lock, lockOf({})));
  assert.not.ok(areInstalled(lock, undefined));
  const optional = (cpu: string): string => lockOf({ a: { ...a, optional: true, os: [process.platform], cpu: [cpu] } });
  assert.ok(areInstalled(optional('another'), lockOf({})));
  assert.not.ok(areInstalled(optional(process.arch), lockOf({})));
});

test.run();
