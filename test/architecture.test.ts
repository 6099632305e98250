// Imports go one way (ARCHITECTURE.md): cli → stages/index → stages → engine and model; the rest of pipeline/ knows no stage.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

interface Import {
  readonly file: string;
  /** A path from the root of the project, or the name of a package. */
  readonly target: string;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const statement = /^(?:import|export)\s+(type\s)?[^;'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|import\('([^']+)'\)/gm;

function importsOf(file: string): Import[] {
  const source = readFileSync(join(root, file), 'utf8').replace(/^\s*(\/\/|\/?\*).*$/gm, '');
  return [...source.matchAll(statement)].map(([, type, from, bare, dynamic]) => {
    const name = (from ?? bare ?? dynamic)!;
    const target = name.startsWith('.') ? normalize(join(dirname(file), name)) : name;
    return { file, target, typeOnly: type !== undefined, dynamic: dynamic !== undefined };
  });
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
}

const imports = [...sources('pipeline'), ...sources('stages')].flatMap(importsOf);
const breaking = (wrong: (found: Import) => boolean) => imports.filter(wrong).map(({ file, target }) => `${file} imports ${target}`);
const inside = (path: string, ...folders: string[]) => folders.some((folder) => path === folder || path.startsWith(folder));
const heavy = (target: string) => /^(@tensorflow\/|sharp$|execa$|cli-progress$|esbuild$)/.test(target);

test('it sees the imports it judges', () => {
  assert.ok(imports.length > 100);
  assert.ok(imports.some(({ dynamic, target }) => dynamic && target === 'sharp'));
});

test('pipeline/ knows no stage, no tensors and no images; only the command brings them together', () => {
  const command = ['entry.ts', 'stage-process.ts', 'doctor.ts', 'engine.ts', 'schemas.ts'].map((name) => `pipeline/cli/${name}`);
  assert.equal(breaking(({ file, target }) => inside(file, 'pipeline/') && !command.includes(file) && (inside(target, 'stages/', '@tensorflow/') || target === 'sharp')), []);
});

test('stages/ sees of pipeline/ only the contract', () => {
  const contract = ['pipeline/stage.ts', 'pipeline/failure.ts'];
  assert.equal(
    breaking(({ file, target, typeOnly }) => inside(file, 'stages/') && inside(target, 'pipeline/') && !contract.includes(target) && !(target === 'pipeline/catalog.ts' && typeOnly)),
    [],
  );
});

test('tfjs comes only from stages/engine', () => {
  assert.equal(breaking(({ file, target, typeOnly }) => inside(target, '@tensorflow/') && !typeOnly && !inside(file, 'stages/engine/')), []);
});

test('stages/engine and stages/model know no stage', () => {
  const shared = ['stages/engine/', 'stages/model/', 'stages/random.ts', 'stages/process-alive.ts', 'stages/processors.ts', 'stages/image-set', 'stages/npy'];
  assert.equal(breaking(({ file, target }) => inside(file, 'stages/engine/', 'stages/model/') && inside(target, 'stages/') && !inside(target, ...shared)), []);
});

test('heavy packages are imported on use', () => {
  assert.equal(breaking(({ target, typeOnly, dynamic }) => heavy(target) && !typeOnly && !dynamic), []);
});

test.run();
