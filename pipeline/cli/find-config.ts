/** Which file a config on the command line is: the one that is named, or, where there is none, the one of that name that giverny brings. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, normalize, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearestName } from '../config/nearest-name.ts';
import { shortPath } from '../config/tree/source.ts';
import { failed, ok, type Result } from '../failure.ts';
import type { CommandIo } from './command.ts';

const shipped = 'configs';
const listedAtMost = 6;

/** The absolute path. Failure: `config-not-found`, with the names that are near. `say` is told when it is giverny's own. */
export function findConfig(named: string, { cwd }: Pick<CommandIo, 'cwd'>, say: (line: string) => void): Result<string> {
  const file = resolve(cwd, named);
  if (existsSync(file)) return ok(file);
  const own = shippedConfig(named);
  if (own !== undefined) {
    say(`${named} is not in this folder: taking the one that comes with giverny, ${shortPath(own, cwd)}`);
    return ok(own);
  }
  const known = [...new Set([...configsIn(dirname(named), cwd), ...configsIn(shipped, cwd), ...configsIn(shipped, packageFolder())])];
  return failed('config-not-found', `there is no config ${named}`, { where: { file }, expected: 'a YAML file', hint: hintFor(named, known) });
}

/** One that giverny brings, as `configs/quickstart.yaml`; undefined where it brings none of that name. */
export function shippedConfig(named: string): string | undefined {
  const folder = packageFolder();
  if (folder === undefined || isAbsolute(named) || !normalize(named).startsWith(shipped + sep)) return undefined;
  const file = join(folder, named);
  return existsSync(file) ? file : undefined;
}

/** Those that giverny brings, as they would be typed. */
export const shippedConfigs = (): readonly string[] => configsIn(shipped, packageFolder());

/** The folder of giverny's package: above this source, or above the bundle in dist/. */
function packageFolder(): string | undefined {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!(existsSync(join(folder, 'package.json')) && existsSync(join(folder, shipped)))) {
    if (dirname(folder) === folder) return undefined;
    folder = dirname(folder);
  }
  return folder;
}

/** As they would be typed. */
function configsIn(folder: string, base: string | undefined): readonly string[] {
  if (base === undefined) return [];
  try {
    return readdirSync(resolve(base, folder)).filter((name) => /\.ya?ml$/.test(name)).sort().map((name) => join(folder, name));
  } catch {
    return []; // no such folder, or one that may not be read
  }
}

function hintFor(named: string, known: readonly string[]): string {
  const stem = (file: string): string => basename(file).replace(/\.ya?ml$/, '');
  const near = nearestName(stem(named), known.map(stem));
  if (near !== undefined) return `did you mean ${known.filter((file) => stem(file) === near).join(' or ')}?`;
  return `there are ${known.slice(0, listedAtMost).join(', ')}${known.length > listedAtMost ? ', …' : ''}`;
}
