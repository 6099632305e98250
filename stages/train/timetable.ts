/**
 * What belongs to which iteration: epochs, checkpoints, what is kept of it, the learning rate. An `iteration` is how many
 * are done since the beginning of training; epochs count from 1.
 */
import { checkpointInterval } from './checkpoint/schedule.ts';
import { learningRateAt } from './learning-rate.ts';
import type { TrainParams } from './params.ts';

type Schedules = Pick<TrainParams, 'epochs' | 'checkpoint_every' | 'keep_every' | 'optimizer' | 'learning_rate_schedule'>;

export class Timetable {
  readonly iterationsPerEpoch: number;
  readonly epochs: number;
  readonly lastIteration: number;
  readonly #params: Schedules;
  readonly #checkpointInterval: number;

  constructor(params: Schedules, iterationsPerEpoch: number) {
    this.iterationsPerEpoch = iterationsPerEpoch;
    this.epochs = params.epochs;
    this.lastIteration = params.epochs * iterationsPerEpoch;
    this.#params = params;
    this.#checkpointInterval = checkpointInterval(params.checkpoint_every, iterationsPerEpoch);
  }

  /** Whole epochs. */
  epochsDone(iteration: number): number {
    return Math.floor(iteration / this.iterationsPerEpoch);
  }

  isEpochEnd(iteration: number): boolean {
    return iteration % this.iterationsPerEpoch === 0;
  }

  /** `checkpoint_every` asks for one, wherever training is interrupted or ends: what on_nan: rollback goes back to. */
  isRegularCheckpoint(iteration: number): boolean {
    return iteration % this.#checkpointInterval === 0;
  }

  checkpointDue(iteration: number): boolean {
    return this.isRegularCheckpoint(iteration) || iteration === this.lastIteration;
  }

  /** The iteration of the last regular checkpoint before `iteration`; 0, the initial state, where there is none. */
  regularCheckpointBefore(iteration: number): number {
    return Math.floor((iteration - 1) / this.#checkpointInterval) * this.#checkpointInterval;
  }

  /** Whether `keep_every` keeps the networks of an epoch. */
  keepsNetworks(epoch: number): boolean {
    return this.#params.keep_every !== undefined && epoch % this.#params.keep_every === 0;
  }

  /** Of an epoch, before rollbacks halve it. */
  learningRate(epoch: number): number {
    return learningRateAt(epoch, this.#params.optimizer.learning_rate, this.#params.learning_rate_schedule);
  }
}
