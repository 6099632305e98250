/** Chooses the operations' form for the engine that is loaded. */
import type { Tf } from '../../engine/tf.ts';
import { isTensorFlow } from './native-calls.ts';
import type { Operations } from './operations.ts';
import { plainOperations } from './plain.ts';
import { tensorflowOperations } from './tensorflow.ts';

export type { BatchStatistics, Operations } from './operations.ts';
export { plainOperations } from './plain.ts';
export { twiceDifferentiableOperations } from './twice-differentiable.ts';

const chosen = new WeakMap<Tf, Operations>();

export function operationsFor(tf: Tf): Operations {
  let operations = chosen.get(tf);
  if (operations === undefined) chosen.set(tf, (operations = isTensorFlow(tf) ? tensorflowOperations(tf) : plainOperations(tf)));
  return operations;
}
