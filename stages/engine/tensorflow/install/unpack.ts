/** Step 3: takes out of wheels (zip files) only what is needed, streamed. */
import { createWriteStream, mkdirSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import pLimit from 'p-limit';
import { openPromise } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { ok, type Result } from '../../../../pipeline/failure.ts';
import { engineFailed, engineInterrupted } from '../../failures.ts';
import { bindingPackage } from '../installation.ts';
import { headers, type Recipe } from '../recipe.ts';
import type { Workshop } from './help.ts';
import { engineFolderFailure } from './tool.ts';

/** Where an entry of a wheel goes, relative to the target folder; undefined: it is not needed. */
export type Placement = (entry: string) => string | undefined;

/** TensorFlow's libraries and headers, relative to the binding package's `deps`. */
export function tensorflowPlacement(recipe: Pick<Recipe, 'libraries'>): Placement {
  const places = new Map<string, string>([
    ...recipe.libraries.map(({ file }) => [`tensorflow/${file}`, `lib/${file}`] as const),
    ...headers.map((header) => [`tensorflow/include/${header}`, `include/${header}`] as const),
  ]);
  return (entry) => places.get(entry);
}

/** Of NVIDIA's wheels: every shared library, and of the compiler's what assembles kernels. */
export const cudaPlacement: Placement = (entry) =>
  /^nvidia\/[^/]+\/lib\/[^/]+\.so[.\d]*$/.test(entry) || /^nvidia\/cuda_nvcc\/(bin\/ptxas|nvvm\/libdevice\/[^/]+)$/.test(entry) ? entry : undefined;

// Of the compiler's twenty thousand files most are the C libraries of systems for which giverny never compiles.
const otherSystems = /^ziglang\/lib\/(libtsan|libc\/(mingw|musl|wasi|freebsd|netbsd|openbsd)|libc\/include\/[^/]*(windows|musl|wasi|freebsd|netbsd|openbsd)[^/]*)\//;

/** The ziglang wheel's compiler, as far as Linux with glibc and macOS need it. */
export const zigPlacement: Placement = (entry) =>
  entry.startsWith('ziglang/') && !entry.endsWith('/') && !otherSystems.test(entry) ? entry : undefined;

/** The folder of an unfinished installation that receives libraries and headers. */
export const dependenciesFolder = ({ packages }: Pick<Workshop, 'packages'>): string => join(packages, bindingPackage, 'deps');

/**
 * Writes the placed entries of a wheel below `target`; those that are there already are left as they are.
 * Fails with `engine-wheel-damaged`, `engine-disk-full` or `interrupted`.
 */
export async function unpackWheel(wheel: string, target: string, placement: Placement, { help }: Pick<Workshop, 'help'>): Promise<Result<void>> {
  try {
    const zip = await openPromise(wheel, { lazyEntries: true, autoClose: false });
    try {
      await unpackEntries(zip, await placedEntries(zip, target, placement), help);
    } finally {
      zip.close();
    }
    return ok(undefined);
  } catch (error) {
    if (help.stop.aborted) return engineInterrupted('interrupted while unpacking TensorFlow; the same command continues');
    return isSystemError(error) ? engineFolderFailure(error) : engineFailed('engine-wheel-damaged', `a downloaded wheel cannot be unpacked: ${String(error)}`, { hint: 'Run `giverny engine remove`, then `giverny engine install`.' });
  }
}

interface Placed {
  readonly entry: Entry;
  readonly path: string;
}

async function placedEntries(zip: ZipFile, target: string, placement: Placement): Promise<Placed[]> {
  const placed: Placed[] = [];
  for await (const entry of zip.eachEntry()) {
    const place = placement(entry.fileName);
    if (place !== undefined) placed.push({ entry, path: join(target, safe(place)) });
  }
  return placed;
}

// A compiler is some twenty thousand small files: one after the other, most of the time would be waiting.
const small = { bytes: 1 << 20, atOnce: 16 };

/** When it returns or throws, nothing is being written any more. */
async function unpackEntries(zip: ZipFile, placed: readonly Placed[], help: Workshop['help']): Promise<void> {
  const total = placed.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
  for (const folder of new Set(placed.map(({ path }) => dirname(path)))) mkdirSync(folder, { recursive: true });
  let done = 0;
  const told = ({ entry }: Placed) => help.progress('unpacking', { done: (done += entry.uncompressedSize), total, unit: 'bytes' });
  const isSmall = ({ entry }: Placed) => entry.uncompressedSize <= small.bytes;
  const errors: unknown[] = [];
  await pLimit(small.atOnce).map(placed.filter(isSmall), async (file) => {
    if (errors.length > 0 || help.stop.aborted) return;
    await unpackSmall(zip, file).then(() => told(file), (error: unknown) => errors.push(error));
  });
  if (errors.length > 0) throw errors[0];
  help.stop.throwIfAborted();
  for (const file of placed.filter((candidate) => !isSmall(candidate))) {
    await unpackLarge(zip, file, help.stop);
    told(file);
  }
}

async function unpackSmall(zip: ZipFile, file: Placed): Promise<void> {
  if (isWhole(file)) return;
  await writeFile(file.path, await buffer(await zip.openReadStreamPromise(file.entry)), { mode: modeOf(file) });
}

async function unpackLarge(zip: ZipFile, file: Placed, stop: AbortSignal): Promise<void> {
  if (isWhole(file)) return;
  await pipeline(await zip.openReadStreamPromise(file.entry), createWriteStream(file.path, { mode: modeOf(file) }), { signal: stop });
}

// A file is written from its beginning to its end: with all its bytes it is whole.
const isWhole = ({ entry, path }: Placed): boolean => statSync(path, { throwIfNoEntry: false })?.size === entry.uncompressedSize;

const modeOf = ({ entry }: Placed): number => ((entry.externalFileAttributes >>> 16) & 0o111 ? 0o755 : 0o644);

function safe(place: string): string {
  if (posix.normalize(place) !== place || place.startsWith('../') || posix.isAbsolute(place)) throw new Error(`the entry ${place} leads out of the folder`);
  return place;
}

const isSystemError = (error: unknown): boolean => error instanceof Error && 'syscall' in error;
