/** What `uses` means: one of our stages by its name, or a stage of the user by the path of its file. */
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { ok, type Result } from '../../failure.ts';
import type { StageDefinition } from '../../stage.ts';
import type { UserStages } from '../../user-stages/load.ts';
import { namesFile } from '../../user-stages/names.ts';
import type { ConfigNode } from '../tree/config-node.ts';
import { whereOf } from '../tree/source.ts';

export interface StageFinder {
  /** Of our own stages. */
  readonly names: readonly string[];
  /** `node`: where `uses` is written. Undefined where there is no such stage. Failures: those of a user's file. */
  find(uses: string, node: ConfigNode | undefined): Promise<Result<StageDefinition | undefined>>;
}

/** `folder`: the config's, for a path that nobody wrote. */
export function stageFinder(own: ReadonlyMap<string, StageDefinition>, userStages: UserStages, folder: string): StageFinder {
  return {
    names: [...own.keys()].sort(),
    async find(uses, node) {
      const known = own.get(uses);
      if (known !== undefined || !namesFile(uses)) return ok(known);
      const source = node?.source;
      return userStages.load(pathOf(uses, node, folder), source && whereOf(source));
    },
  };
}

function pathOf(uses: string, node: ConfigNode | undefined, folder: string): string {
  if (/^~[\\/]/.test(uses)) return resolve(homedir(), uses.slice(2));
  return resolve((node?.kind === 'scalar' ? node.folder : undefined) ?? node?.source?.text.folder ?? folder, uses);
}
