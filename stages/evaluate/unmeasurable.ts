import type { Failure } from '../../pipeline/failure.ts';

/**
 * Thrown deep in the measuring, where what a network makes turns out to be no numbers, and made the stage's failure again
 * by `run`: every function between the two would have to hand a Result on.
 */
export class Unmeasurable extends Error {
  readonly failure: Failure;

  constructor({ failure }: { readonly failure: Failure }) {
    super(failure.message);
    this.failure = failure;
  }
}
