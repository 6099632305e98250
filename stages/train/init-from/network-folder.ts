/** Where a run keeps its networks: `models/<network>/model.json` and `weights.bin`. */
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { networkNames } from '../../model/networks.ts';
import type { NetworkName } from '../../model/networks.ts';

const generatorNames = ['generatorAToB', 'generatorBToA'] as const satisfies readonly NetworkName[];
const discriminatorNames = ['discriminatorA', 'discriminatorB'] as const satisfies readonly NetworkName[];

export const networkFiles = ['model.json', 'weights.bin'] as const;

/** The networks of which both files lie in `folder`. */
function networksIn(folder: string): readonly NetworkName[] {
  return networkNames.filter((name) => networkFiles.every((file) => existsSync(join(folder, name, file))));
}

/** Those that training takes: both generators, and both discriminators or none; nothing where a generator is missing. */
export function networksUsed(folder: string): readonly NetworkName[] {
  const names = networksIn(folder);
  const hasAll = (wanted: readonly NetworkName[]) => wanted.every((name) => names.includes(name));
  if (!hasAll(generatorNames)) return [];
  return hasAll(discriminatorNames) ? names : generatorNames;
}

/**
 * The folder that holds the networks: `folder` itself, or `models` in it. Undefined where neither has both generators.
 * Links are resolved: runs/latest leads elsewhere as soon as the next run starts.
 */
export function networkFolder(folder: string): string | undefined {
  const found = [folder, join(folder, 'models')].find((each) => networksUsed(each).length > 0);
  return found === undefined ? undefined : realpathSync(found);
}
