/** When checkpoints are written: `checkpoint_every` is a number of epochs, or of iterations as in `500 iterations`. */
export type CheckpointEvery = number | `${number} iterations`;

/** What the schema takes for the second form. */
export const iterationsPattern = '^[1-9][0-9]* iterations?$';

/** In iterations. */
export function checkpointInterval(every: CheckpointEvery, iterationsPerEpoch: number): number {
  return typeof every === 'number' ? every * iterationsPerEpoch : Number.parseInt(every, 10);
}
