/** The files of a run folder that say what was run, on what and from which code: written when a run starts or continues. */
import { dirname, join, relative, resolve } from 'node:path';
import { rm } from 'node:fs/promises';
import { fileFailure } from '../cache/file-failure.ts';
import { formatYaml } from '../config/format-yaml.ts';
import { ok, type Result } from '../failure.ts';
import type { Plan } from '../plan/plan.ts';
import { describeEnvironment } from './environment.ts';
import { readGitState } from './git.ts';
import { writeAtomic } from './write-atomic.ts';

export interface RunDescription {
  readonly plan: Plan;
  /** As typed: `giverny run configs/monet2photo.yaml`. */
  readonly command: readonly string[];
  readonly givernyVersion: string;
  /** In the place of asking git, where it was asked already: a sweep has hundreds of runs. */
  readonly readGit?: typeof readGitState;
}

/** config.yaml, plan.json, environment.json and, where the code differs from its commit, git.patch. */
export async function describeRun(folder: string, { plan, command, givernyVersion, readGit = readGitState }: RunDescription): Promise<Result<void>> {
  const root = resolve(folder, '../..');
  const git = await readGit(dirname(plan.config.file));
  const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;
  try {
    await writeAtomic(join(folder, 'config.yaml'), `# ${command.join(' ').replace(/\s+/g, ' ')}\n${formatYaml(plan.config.resolved)}`);
    await writeAtomic(join(folder, 'plan.json'), json(describePlan(plan, root)));
    await writeAtomic(join(folder, 'environment.json'), json(describeEnvironment({ givernyVersion, engine: plan.engine, command, git: git && { ...git, folder: relative(root, dirname(plan.config.file)) || '.' } })));
    if (git?.patch === undefined) await rm(join(folder, 'git.patch'), { force: true });
    else await writeAtomic(join(folder, 'git.patch'), git.patch);
  } catch (error) {
    return fileFailure(error, folder);
  }
  return ok(undefined);
}

function describePlan(plan: Plan, root: string): unknown {
  return {
    identity: plan.identity,
    run: plan.runName,
    engine: plan.engine ?? null,
    stages: plan.stages.map(({ name, definition, from, identity, manifest }) => ({ name, uses: definition.uses, version: definition.version, from, identity, manifest })),
    places: plan.config.writtenPlaces?.(root) ?? {},
  };
}
