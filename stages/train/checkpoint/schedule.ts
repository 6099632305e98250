/** When checkpoints are written: `checkpoint_every` is a number of epochs, or of iterations as in `500 iterations`. */
export type CheckpointEvery = number | `${number} iterations`;

/** What the schema takes for the second form. */
export const iterationsPattern = '^[1-9][0-9]* iterations?$';

/** Whether one is due after `iteration` iterations; the end of training always has one. */
export function checkpointDue(every: CheckpointEvery, iteration: number, iterationsPerEpoch: number, lastIteration: number): boolean {
  const interval = typeof every === 'number' ? every * iterationsPerEpoch : Number.parseInt(every, 10);
  return iteration % interval === 0 || iteration === lastIteration;
}
