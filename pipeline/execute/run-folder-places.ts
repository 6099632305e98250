/** Where in the run folder each stage's outputs appear. */
import { failed, ok, type Result } from '../failure.ts';
import type { Plan, PlannedStage } from '../plan/plan.ts';

/** Whether a declared path is `path` or a folder above it; a trailing slash means everything below. */
export const covers = (declared: string, path: string): boolean => declared === path || (declared.endsWith('/') && path.startsWith(declared));

type Shown = Pick<PlannedStage, 'name' | 'definition' | 'prepared'>;

/** The paths of its outputs that also appear in the run folder. */
const shownPaths = ({ definition, prepared }: Shown): readonly string[] =>
  definition.outputs(prepared.params).filter((output) => output.inRunFolder === true).map((output) => output.path);

const overlap = (some: readonly string[], others: readonly string[]): string | undefined =>
  some.find((path) => others.some((other) => covers(other, path) || covers(path, other)));

/** A stage's part of the run folder: `folder` is '' or ends with a slash, `paths` are declared outputs with it before them. */
export interface RunFolderPlace {
  readonly folder: string;
  readonly paths: readonly string[];
}

/**
 * Outputs lie directly in the run folder. Where an earlier stage of the config has files of the same names there (two
 * trainings, say), those of the later one lie below a folder of the stage's name.
 * Fails with `run-folder-clash`, at the later stage, where even that is taken.
 */
export function runFolderPlaces({ stages, config }: Pick<Plan, 'stages' | 'config'>): Result<ReadonlyMap<string, RunFolderPlace>> {
  const written = new Map(config.stages.map(({ name }, index) => [name, index]));
  const inFileOrder = [...stages].sort((a, b) => written.get(a.name)! - written.get(b.name)!);
  const places = new Map<string, RunFolderPlace>();
  const taken: string[] = [];
  for (const stage of inFileOrder) {
    const plain = shownPaths(stage);
    const folder = overlap(plain, taken) === undefined ? '' : `${stage.name}/`;
    const paths = plain.map((path) => folder + path);
    const clash = folder === '' ? undefined : overlap(paths, taken);
    if (clash !== undefined) return clashes(stage.name, clash, config);
    taken.push(...paths);
    places.set(stage.name, { folder, paths });
  }
  return ok(places);
}

function clashes(stage: string, path: string, config: Plan['config']) {
  const where = config.stages.find(({ name }) => name === stage)?.where;
  return failed('run-folder-clash', `${stage} would write ${path} into the run folder, where another stage's files lie`, {
    ...(where === undefined ? {} : { where }), hint: 'give the stage another name',
  });
}
