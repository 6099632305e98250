import type { Tf } from '../../stages/engine/tf.ts';
import { createTrainer } from '../../stages/train/step/cyclegan.ts';
import { capturedExecution } from '../../stages/train/step/execution.ts';
import { TrainingState } from '../../stages/train/training-state.ts';
import type { Peer } from './peers.ts';
import { batches, images, ourNetworks, seed } from './start-file.ts';
import { recipeOf, type Task } from './task.ts';
import type { Work } from './work.ts';

/** Iterations as the train stage does them: arrays in, losses out, everything between its own. */
export function ourStep(tf: Tf, task: Task, peer: Peer, scratch: string): Work {
  const { settings, learningRate } = recipeOf(task);
  const networks = ourNetworks(tf, task);
  const trainer = createTrainer(tf, networks, settings);
  const refused = (reason: string): never => { throw new Error(`the step cannot be captured: ${reason}`); };
  const state = new TrainingState(tf, networks, trainer, {
    ...(peer.captured && { execution: capturedExecution(tf, trainer, { scratch, refused, precision: peer.precision }) }),
    batchSize: task.batch, shape: [task.size, task.size, 3], seed, poolSize: 0, interpolates: false,
  });
  const shown = Array.from({ length: batches }, (_, index) => ({
    A: { values: images(task, 'A', index), names: [] }, B: { values: images(task, 'B', index), names: [] },
  }));
  return (iteration) => state.step(iteration, shown[iteration % batches]!, learningRate);
}
