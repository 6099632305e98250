import type { StageDefinition } from '../../pipeline/stage.ts';
import { modelFailures } from '../model/failures.ts';
import { iterationOf } from './checkpoint/folder-name.ts';
import { trainFailures } from './failures.ts';
import { initFromFailures } from './init-from/failures.ts';
import { prepareTrain } from './params.ts';
import type { TrainParams } from './params.ts';
import { trainSchema } from './schema.ts';

/** Trains the four networks; keeps checkpoints, so that any run of the same trajectory goes on where another ended. */
export const trainStage: StageDefinition<TrainParams> = {
  uses: 'train',
  version: 2,
  summary: 'Train a CycleGAN on the arrays of two domains.',
  schema: trainSchema,
  inputs: { min: 1, max: 1 },
  engine: true,
  failures: { ...trainFailures, ...initFromFailures, ...modelFailures },
  outputs: () => [
    { path: 'models/', kind: 'reproducible', inRunFolder: true },
    { path: 'metrics.jsonl', kind: 'reproducible', inRunFolder: true },
    { path: 'samples/', kind: 'reproducible', inRunFolder: true, optional: true },
    { path: 'tensorboard/', kind: 'record', inRunFolder: true },
  ],
  prepare: prepareTrain,
  // Checkpoints beyond its end are of no use; without iterations_per_epoch only the images say where that is.
  continues({ epochs, iterations_per_epoch: each = Infinity }, names) {
    return names.flatMap((name) => iterationOf(name) ?? []).some((iteration) => iteration <= epochs * each);
  },
  load: async () => (await import('./run.ts')).implementation,
};
