/** When checkpoints are written: `checkpoint_every` is a number of epochs, or a number of iterations as in `500 iterations`. */
export interface CheckpointInterval {
  readonly every: number;
  readonly unit: 'epochs' | 'iterations';
}

/** Undefined where the value is neither. */
export function parseCheckpointEvery(value: number | string): CheckpointInterval | undefined {
  if (typeof value === 'number') return { every: value, unit: 'epochs' };
  const [, every, unit] = /^([1-9]\d*) (epoch|iteration)s?$/.exec(value) ?? [];
  return every === undefined ? undefined : { every: Number(every), unit: unit === 'epoch' ? 'epochs' : 'iterations' };
}

/** Whether one is due after `iteration` iterations; the end of training always has one. */
export function checkpointDue(interval: CheckpointInterval, iteration: number, iterationsPerEpoch: number, lastIteration: number): boolean {
  const every = interval.unit === 'epochs' ? interval.every * iterationsPerEpoch : interval.every;
  return iteration % every === 0 || iteration === lastIteration;
}
