/** Lets every stage make its parameters canonical. */
import type { Failure } from '../../failure.ts';
import type { RunFinder } from '../../run-folder/named-run.ts';
import type { CheckedStage } from './check-stages.ts';
import type { StageConfig } from '../config.ts';
import type { MapNode } from '../tree/config-node.ts';
import { parameterPlaces, writtenAt } from './parameter-places.ts';
import { whereOf } from '../tree/source.ts';

export interface Preparing {
  /** The config's, for relative paths that are defaults. */
  readonly folder: string;
  readonly findRun: RunFinder | undefined;
}

export function prepareStages(stages: readonly CheckedStage[], root: MapNode, { folder, findRun }: Preparing) {
  const prepared: StageConfig[] = [];
  const problems: Failure[] = [];
  for (const { name, definition, params, from, key } of stages) {
    const places = parameterPlaces(root, ['stages', name], folder, findRun);
    const result = definition.prepare(params, { ...places, from });
    const where = key && whereOf(key);
    if (result.ok) prepared.push({ name, definition, from, prepared: result.value, where, writtenAt: (parameter) => writtenAt(root, ['stages', name], parameter) });
    else problems.push({ ...(where && { where }), ...result.failure, stage: name });
  }
  return { prepared, problems };
}
