/** The networks in a run's folder, as a stage reads them: what `translate` and `export` work with needs no cache. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { JobInput } from '../execute/job.ts';
import { failed, ok, type Result } from '../failure.ts';
import type { ListedRun } from '../run-folder/list-runs.ts';

/** Fails with `run-not-trained`, or with `usage` where a run has several trainings and none is named. */
export function trainedNetworks({ folder, run }: ListedRun, stage: string | undefined): Result<JobInput> {
  const all = trainings(folder);
  if (all.length === 0) return failed('run-not-trained', `${run} has no trained networks`, { hint: `giverny show ${run} says how far it came` });
  const names = all.map((each) => each.name ?? 'its only training').join(', ');
  if (stage === undefined && all.length > 1) return failed('usage', `${run} has several trainings`, { expected: `--stage and one of ${names}` });
  const chosen = stage === undefined ? all[0] : all.find(({ name }) => name === stage) ?? (all.length === 1 && all[0]!.name === undefined ? all[0] : undefined);
  if (chosen === undefined) return failed('usage', `${run} has no training called ${stage ?? ''}`, { expected: `one of ${names}` });
  return ok(inputFrom(chosen.folder, chosen.name ?? run));
}

interface Training {
  /** Of its stage, where several share the run's folder. */
  readonly name: string | undefined;
  /** Holds `models/`. */
  readonly folder: string;
}

/** See execute/run-folder-places: outputs lie in the run's folder, or below one of the stage's name. */
function trainings(runFolder: string): readonly Training[] {
  const names = readdirSync(runFolder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const hasModels = (folder: string) => statSync(join(folder, 'models'), { throwIfNoEntry: false })?.isDirectory() === true;
  const places: readonly Training[] = [{ name: undefined, folder: runFolder }, ...names.map((name) => ({ name, folder: join(runFolder, name) }))];
  return places.filter(({ folder }) => hasModels(folder));
}

function inputFrom(folder: string, stage: string): JobInput {
  const results = ['metrics.jsonl', 'evaluation.json'].filter((path) => statSync(join(folder, path), { throwIfNoEntry: false })?.isFile() === true);
  const models = readdirSync(join(folder, 'models'), { recursive: true, encoding: 'utf8' })
    .map((below) => `models/${below.replaceAll('\\', '/')}`)
    .filter((path) => statSync(join(folder, path)).isFile());
  const paths = [...results, ...models].sort();
  // Nothing is looked up by digest here: the files are read where they lie.
  const files = paths.map((path) => ({ path, bytes: statSync(join(folder, path)).size, digest: '', kind: 'reproducible' as const }));
  return { stage, uses: 'train', files, locations: paths.map((path) => join(folder, path)) };
}
