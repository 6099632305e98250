/** Whether two stages of a plan would write the same file of the run folder: found before anything runs. */
import { failed, ok, type Result } from '../failure.ts';
import type { Plan, PlannedStage } from '../plan/plan.ts';

/** The paths of its outputs that also appear in the run folder; a trailing slash means everything below. */
export const pathsInRunFolder = ({ definition, prepared }: Pick<PlannedStage, 'definition' | 'prepared'>): readonly string[] =>
  definition.outputs(prepared.params).filter((output) => output.inRunFolder === true).map((output) => output.path);

/** Whether a declared path is `path` or a folder above it. */
export const covers = (declared: string, path: string): boolean => declared === path || (declared.endsWith('/') && path.startsWith(declared));

/** Fails with `run-folder-clash`, at the later of the two stages. */
export function checkRunFolder({ stages, config }: Plan): Result<void> {
  const taken: { readonly path: string; readonly stage: string }[] = [];
  for (const stage of stages) {
    for (const path of pathsInRunFolder(stage)) {
      const other = taken.find((each) => each.stage !== stage.name && (covers(each.path, path) || covers(path, each.path)));
      if (other !== undefined) {
        const where = config.stages.find(({ name }) => name === stage.name)?.where;
        return failed('run-folder-clash', `${other.stage} and ${stage.name} would both write ${path} into the run folder`, {
          ...(where === undefined ? {} : { where }), expected: `one stage of a config that writes ${path}`,
          hint: 'give each a config of its own, with extends: what they share runs once and is cached',
        });
      }
      taken.push({ path, stage: stage.name });
    }
  }
  return ok(undefined);
}
