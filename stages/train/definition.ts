import type { StageDefinition } from '../../pipeline/stage.ts';
import { modelFailures } from '../model/failures.ts';
import { iterationOf } from './checkpoint/folder-name.ts';
import { trainFailures } from './failures.ts';
import { initFromFailures } from './init-from/failures.ts';
import { prepareTrain } from './params.ts';
import type { TrainParams } from './params.ts';
import { checkPrecision } from './precision.ts';
import { trainSchema } from './schema.ts';

/** Trains the four networks; keeps checkpoints, so that any run of the same trajectory goes on where another ended. */
export const trainStage: StageDefinition<TrainParams> = {
  uses: 'train',
  version: 4,
  summary: 'Train a CycleGAN on the arrays of two domains.',
  schema: trainSchema,
  inputs: { min: 1, max: 1 },
  reads: ['arrays'],
  makes: 'networks',
  engine: true,
  failures: { ...trainFailures, ...initFromFailures, ...modelFailures },
  outputs: () => [
    { path: 'models/', kind: 'reproducible', inRunFolder: true },
    { path: 'metrics.jsonl', kind: 'reproducible', inRunFolder: true },
    { path: 'samples/', kind: 'reproducible', inRunFolder: true, optional: true },
    { path: 'tensorboard/', kind: 'record', inRunFolder: true },
  ],
  prepare: prepareTrain,
  checkEngine: checkPrecision,
  continues({ epochs, iterations_per_epoch: each, on_nan: onNan }, names) {
    const kept = names.flatMap((name) => iterationOf(name) ?? []).sort((a, b) => a - b);
    const [first, newest] = [kept[0], kept.at(-1)];
    if (first === undefined || newest === undefined) return false;
    // Checkpoints beyond its end are of no use; without iterations_per_epoch only the images say where that is.
    if (each === undefined) return { from: `a checkpoint (the newest: iteration ${newest})` };
    const usable = kept.filter((iteration) => iteration <= epochs * each).at(-1);
    if (usable === undefined) return { beyond: `iteration ${first}` };
    // A checkpoint made after a rollback from beyond the end is passed over; its name does not say so.
    return { from: onNan === 'rollback' ? `iteration ${usable} at most` : `iteration ${usable}` };
  },
  load: async () => (await import('./run.ts')).implementation,
};
