/** A finished installation and its build stamp: written last, read before every use. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engineFolder } from './location.ts';
import type { Recipe } from './recipe.ts';

const stampName = 'giverny-engine.json';

export interface Stamp {
  /** The recipe's digest. */
  readonly recipe: string;
  readonly tensorflow: string;
  readonly variant: string;
  readonly platform: string;
  /** The compiler that made the binding, as it names itself. */
  readonly compiler: string;
  /** Sizes in bytes of the files without which it cannot load, by path relative to the installation. */
  readonly files: Readonly<Record<string, number>>;
}

export type InstallationState =
  | { readonly state: 'installed'; readonly folder: string; readonly stamp: Stamp }
  | { readonly state: 'missing'; readonly folder: string }
  | { readonly state: 'damaged'; readonly folder: string; readonly reason: string };

/** The package that npm brings, relative to an installation. */
export const bindingPackage = join('node_modules', '@tensorflow', 'tfjs-node-gpu');

/** The compiled binding, relative to an installation: where the package looks for it. */
export const bindingFile = join(bindingPackage, 'lib', 'napi-v8', 'tfjs_binding.node');

export const libraryFolder = join(bindingPackage, 'deps', 'lib');

export const installationFolder = (recipe: Recipe): string => join(engineFolder(), recipe.id);

/** Reads the stamp and compares it with the recipe and the files' sizes; nothing is loaded, a few stat calls. */
export function readInstallation(recipe: Recipe, folder = installationFolder(recipe)): InstallationState {
  const stamp = readStamp(folder);
  if (stamp === undefined) return { state: 'missing', folder };
  if (stamp === null) return { state: 'damaged', folder, reason: `${stampName} cannot be read` };
  if (stamp.recipe !== recipe.digest) return { state: 'damaged', folder, reason: 'it was built from another recipe' };
  const changed = Object.entries(stamp.files).find(([path, bytes]) => statSync(join(folder, path), { throwIfNoEntry: false })?.size !== bytes);
  return changed
    ? { state: 'damaged', folder, reason: `${changed[0]} is missing or not as it was installed` }
    : { state: 'installed', folder, stamp };
}

function readStamp(folder: string): Stamp | undefined | null {
  try {
    return JSON.parse(readFileSync(join(folder, stampName), 'utf8')) as Stamp;
  } catch {
    return existsSync(folder) ? null : undefined;
  }
}

/** The last step of an installation. */
export function writeStamp(recipe: Recipe, folder: string, compiler: string): void {
  const paths = [bindingFile, join(bindingPackage, 'dist', 'index.js'), ...recipe.libraries.map(({ file }) => join(libraryFolder, file))];
  const stamp: Stamp = {
    recipe: recipe.digest,
    tensorflow: recipe.tensorflow,
    variant: recipe.variant,
    platform: recipe.platform,
    compiler,
    files: Object.fromEntries(paths.map((path) => [path, statSync(join(folder, path)).size])),
  };
  writeFileSync(join(folder, stampName), `${JSON.stringify(stamp, null, 2)}\n`);
}
