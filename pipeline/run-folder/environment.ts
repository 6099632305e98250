/** environment.json: on what, with what and from which state of the code a run was made. A record: never part of a digest. */
import { arch, cpus, platform, release, totalmem } from 'node:os';
import type { EngineSelection, Json } from '../stage.ts';
import type { GitState } from './git.ts';

export interface EnvironmentFacts {
  readonly givernyVersion: string;
  readonly engine: EngineSelection | undefined;
  readonly command: readonly string[];
  /** `folder`: the config's, relative to the project: where `giverny diff` looks for the repository. */
  readonly git: (GitState & { readonly folder: string }) | undefined;
}

export function describeEnvironment({ givernyVersion, engine, command, git }: EnvironmentFacts): Json {
  const processors = cpus();
  return {
    giverny: givernyVersion,
    node: process.version,
    os: { platform: platform(), release: release(), architecture: arch() },
    cpu: { model: processors[0]?.model.trim() ?? 'unknown', cores: processors.length },
    memoryBytes: totalmem(),
    engine: engine === undefined ? null : { ...engine },
    git: git === undefined ? null : { commit: git.commit, dirty: git.dirty, folder: git.folder },
    command,
  };
}
