// A stage's version is part of every key. It must rise when the stage's outputs change, and must not when they do not:
// a patch release may neither keep wrong results nor throw away weeks of compute.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sourceClosure, stageSources } from '../helpers/source-closure.ts';
import type { StageSource } from '../helpers/source-closure.ts';
import { currentTable, readVersionTable, versionProblems } from '../helpers/stage-versions.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));

test('every stage: its sources are those that its version was given for', async () => {
  const sources = await stageSources(project);
  assert.ok(sources.length >= 7);
  const problems = versionProblems(readVersionTable(path.join(project, 'stages/versions.json')), sources);
  assert.equal(problems.map(({ text }) => text), []);
});

test('the table and the sources against each other', () => {
  const source = (more: Partial<StageSource> = {}): StageSource => ({ uses: 'flip', version: 2, entry: 'stages/flip.ts', closure: 'a', ...more });
  const table = currentTable([source()]);
  const kinds = (sources: readonly StageSource[]) => versionProblems(table, sources).map(({ kind }) => kind);
  assert.equal(kinds([source()]), []);
  assert.equal(kinds([source({ closure: 'b' })]), ['changed']);
  assert.equal(kinds([source({ closure: 'b', version: 3 })]), ['outdated']);
  assert.equal(kinds([source({ version: 1 })]), ['lowered']);
  assert.equal(kinds([source({ uses: 'resize' })]), ['unlisted', 'gone']);
});

test('code in any imported file changes a closure, on use or at once; comments, blanks and types do not', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'giverny-closure-'));
  try {
    const write = (name: string, text: string): void => {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    };
    const lock = (version: string): void => write('package-lock.json', JSON.stringify({ packages: { 'node_modules/sharp': { version } } }));
    const closure = (): Promise<string> => sourceClosure(folder, 'stages/flip.ts');
    lock('1.0.0');
    write('pipeline/stage.ts', 'export const contract = 1;');
    write('stages/types.ts', 'export type Coin = boolean;');
    write('stages/coin.ts', 'export const toss = (seed: number): boolean => seed % 2 === 0;');
    write('stages/run.ts', "import { toss } from './coin.ts';\nexport const run = () => [toss(1), import('sharp')];");
    write('stages/flip.ts', "import type { Coin } from './types.ts';\nimport { contract } from '../pipeline/stage.ts';\n"
      + "export const load = (): Promise<unknown> => import('./run.ts');\nexport const x: Coin = contract > 0;");
    write('stages/other.ts', 'export const other = 1;');
    const base = await closure();
    const neutral: readonly (() => void)[] = [
      () => write('stages/other.ts', 'export const other = 2;'),
      () => write('pipeline/stage.ts', 'export const contract = 2;'),
      () => write('stages/types.ts', 'export type Coin = true | false;'),
      () => write('stages/coin.ts', '// Even numbers.\nexport const toss = (seed: number): true | false =>\n  seed % 2 === 0;\n'),
    ];
    for (const change of neutral) {
      change();
      assert.is(await closure(), base);
    }
    const seen = [base];
    const real: readonly (() => void)[] = [
      () => write('stages/coin.ts', 'export const toss = (seed: number): boolean => seed % 2 === 1;'),
      () => write('stages/run.ts', "import { toss } from './coin.ts';\nexport const run = () => [toss(2), import('sharp')];"),
      () => lock('1.0.1'),
      () => write('stages/run.ts', "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\nexport const run = () => require('sharp');"),
      () => lock('1.0.2'),
    ];
    for (const change of real) {
      change();
      const changed = await closure();
      assert.not.ok(seen.includes(changed));
      seen.push(changed);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
