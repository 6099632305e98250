/** A cache in a temporary folder, and stages' outputs to put in it. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openCache } from '../../../pipeline/cache/cache.ts';
import type { Cache, CacheEntry, StoreRequest } from '../../../pipeline/cache/cache.ts';
import type { Failure, Result } from '../../../pipeline/failure.ts';
import { digestManifest, KEY_SCHEMA_VERSION } from '../../../pipeline/plan/manifest.ts';
import type { KeyManifest } from '../../../pipeline/plan/key.ts';
import type { Json, OutputDeclaration } from '../../../pipeline/stage.ts';
import { randomStream } from '../../../stages/random.ts';

export type Tree = ReadonlyMap<string, Buffer>;

export function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`);
  return result.value;
}

export function failureOf<T>(result: Result<T>): Failure {
  if (result.ok) throw new Error('it did not fail');
  return result.failure;
}

/** Calls `use` with a fresh folder and removes it afterwards. */
export async function inTemporaryFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'giverny-cache-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function inTemporaryCache(use: (cache: Cache, root: string) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (root) => use(value(await openCache(root)), root));
}

export function manifestOf(params: Json): KeyManifest {
  return { schema: KEY_SCHEMA_VERSION, of: 'key', uses: 'draw', version: 1, params, outside: {}, environment: {}, from: [] };
}

export const everything: readonly OutputDeclaration[] = [{ path: 'files/', kind: 'reproducible', optional: true }];

export function storeRequest(params: Json, folder: string, more: Partial<StoreRequest> = {}): StoreRequest {
  const manifest = manifestOf(params);
  const key = digestManifest(manifest);
  return { key, identity: key, manifest, uses: 'draw', stage: 'draw', seconds: 1, folder, outputs: everything, ...more };
}

export async function storeTree(cache: Cache, params: Json, tree: Tree, more: Partial<StoreRequest> = {}): Promise<CacheEntry> {
  const attempt = value(await cache.attempt('draw'));
  writeTree(attempt.out, tree);
  const entry = value(await cache.store(storeRequest(params, attempt.out, more)));
  await attempt.remove();
  return entry;
}

/** The entry under a key, if it is there and sound. */
export async function lookup(cache: Cache, key: string): Promise<CacheEntry | undefined> {
  const found = await cache.find(key);
  return found.state === 'present' ? found.entry : undefined;
}

export function writeTree(folder: string, tree: Tree): void {
  for (const [name, content] of tree) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
}

export function readTree(folder: string): Tree {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
  const files = names.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  return new Map(files.sort().map((file) => [file.split(path.sep).join('/'), readFileSync(path.join(folder, file))]));
}

/** Up to `most` files below `files/`: odd names, nested folders, empty and equal files, one too large to be read at once. */
export function randomTree(seed: number, most = 40): Tree {
  const random = randomStream(seed, 'tree');
  const parts = ['a', 'B', 'é', 'e\u0301', '日本', 'with space', '-dash', '.hidden', '"quoted"', 'line\nbreak', '🎨', '__proto__'];
  const tree = new Map<string, Buffer>();
  for (let count = random.integer(most); count > 0; count -= 1) {
    const depth = 1 + random.integer(3);
    const folders = Array.from({ length: depth - 1 }, () => `d${parts[random.integer(parts.length)]}`);
    const name = `files/${[...folders, `${parts[random.integer(parts.length)]}${random.integer(9)}`].join('/')}`;
    const bytes = [0, 1, random.integer(5000), 70_000][random.integer(4)]!;
    tree.set(name, Buffer.alloc(bytes, random.integer(4)));
  }
  if (seed % 5 === 0) tree.set('files/large', Buffer.alloc((1 << 20) + 1 + random.integer(1000), seed));
  return new Map([...tree].sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** The path of every object of the cache. */
export function objectFiles(root: string): readonly string[] {
  const objects = path.join(root, '.giverny/cache/objects');
  const entries = readdirSync(objects, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name)).sort();
}
