/** Which installed packages a stage of the user stands on, and in which versions. */
import { readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  readonly needs: readonly string[];
}

const marker = `${sep}node_modules${sep}`;

/** Whether `file` belongs to an installed package: one that is linked from elsewhere is source as the user's own. */
export const isInstalled = (file: string): boolean => file.includes(marker);

/** Of the packages that hold `files`, and of all that these depend on: the version by the name; several as `1.0.0, 2.1.0`. */
export function packageVersions(files: readonly string[]): Readonly<Record<string, string>> {
  const seen = new Map<string, InstalledPackage>();
  const follow = (folder: string | undefined): void => {
    const found = folder === undefined || seen.has(folder) ? undefined : packageIn(folder);
    if (found === undefined) return;
    seen.set(found.folder, found);
    for (const name of found.needs) follow(folderOf(name, found.folder));
  };
  for (const file of files) follow(packageFolder(file));
  const versions = new Map<string, Set<string>>();
  for (const { name, version } of seen.values()) versions.set(name, (versions.get(name) ?? new Set()).add(version));
  return Object.fromEntries([...versions].map(([name, found]) => [name, [...found].sort().join(', ')]));
}

/** `…/node_modules/@scope/name` of a file below it. */
function packageFolder(file: string): string {
  const start = file.lastIndexOf(marker) + marker.length;
  const [first, second] = file.slice(start).split(sep);
  return file.slice(0, start) + (first!.startsWith('@') ? `${first}${sep}${second}` : first);
}

/** As Node looks for it: in the node_modules of each folder upwards. */
function folderOf(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (packageIn(candidate) !== undefined) return candidate;
    if (dirname(folder) === folder) return undefined;
  }
}

function packageIn(folder: string): InstalledPackage | undefined {
  try {
    const { name, version, dependencies, optionalDependencies, peerDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
    if (typeof name !== 'string') return undefined;
    const needs = [dependencies, optionalDependencies, peerDependencies].flatMap((each) => Object.keys((each as object | undefined) ?? {}));
    return { name, version: typeof version === 'string' ? version : 'none', folder, needs };
  } catch {
    return undefined;
  }
}
