/** In what this machine differs from the one that environment.json of a run tells of, as far as that may change numbers. */
import { readFile } from 'node:fs/promises';
import { arch, cpus } from 'node:os';
import { join } from 'node:path';
import type { EngineSelection } from '../stage.ts';

interface Environment {
  readonly node?: string;
  readonly os?: { readonly architecture?: string };
  readonly cpu?: { readonly model?: string; readonly cores?: number };
  readonly engine?: Partial<EngineSelection> | null;
}

/** One line a difference; empty on the same machine. What environment.json does not say counts as equal. */
export async function differencesFrom(runFolder: string, engine: EngineSelection | undefined): Promise<readonly string[]> {
  const then = await readEnvironment(runFolder);
  const processors = cpus();
  const major = (version: string): string => version.replace(/\..*$/, '');
  const compared: readonly (readonly [name: string, was: string | number | undefined, is: string | number | undefined])[] = [
    ['CPU', then.cpu?.model, processors[0]?.model.trim()],
    ['cores', then.cpu?.cores, processors.length],
    ['architecture', then.os?.architecture, arch()],
    ['Node', then.node && major(then.node), major(process.version)],
    ...(engine === undefined || then.engine == null ? [] : [
      ['engine', then.engine.backend, engine.backend], ['engine version', then.engine.version, engine.version],
      ['device', then.engine.device, engine.device], ['threads', then.engine.threads ?? 'all', engine.threads ?? 'all'],
    ] as const),
  ];
  return compared.flatMap(([name, was, is]) => (was === undefined || was === is ? [] : [`${name} ${was} → ${is ?? 'unknown'}`]));
}

async function readEnvironment(runFolder: string): Promise<Environment> {
  try {
    const value: unknown = JSON.parse(await readFile(join(runFolder, 'environment.json'), 'utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
