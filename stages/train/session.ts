/** One training under way: where it stands, its history and what it keeps, and the moves that run.ts orders. */
import { ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import type { StageContext } from '../../pipeline/stage.ts';
import type { Tf } from '../engine/tf.ts';
import { disposeNetworks } from '../model/networks.ts';
import type { Networks } from '../model/networks.ts';
import type { Checkpoint, TrainingPosition } from './checkpoint/checkpoint.ts';
import type { CheckpointStore } from './checkpoint/store.ts';
import { ReadAhead } from './data/read-ahead.ts';
import type { TrainingBatch, TrainingData } from './data/training-data.ts';
import { firstNotFinite, lossDivergence, weightDivergence, writeFinite } from './divergence.ts';
import type { BatchOf, Divergence } from './divergence.ts';
import { EpochRecord } from './epoch-record.ts';
import { HealthWatch } from './health-watch.ts';
import { History } from './history.ts';
import { NetworkFiles } from './network-files.ts';
import { TrainingOutputs } from './outputs.ts';
import type { TrainParams } from './params.ts';
import { learningRateFactor, rollBack, rollbacksAtMost } from './rollback.ts';
import type { Rollback } from './rollback.ts';
import type { Sampler } from './samples/sampler.ts';
import { sumLosses } from './step/losses.ts';
import type { LossSums } from './step/losses.ts';
import type { TensorSource } from './safetensors.ts';
import type { Timetable } from './timetable.ts';
import type { TrainingState } from './training-state.ts';

interface Parts {
  readonly context: StageContext<TrainParams>;
  readonly tf: Tf;
  readonly networks: Networks;
  readonly data: TrainingData;
  readonly timetable: Timetable;
  readonly state: TrainingState;
  readonly sampler: Sampler;
  readonly checkpoints: CheckpointStore;
}

export class Session {
  readonly #parts: Parts;
  readonly #batches: ReadAhead<TrainingBatch>;
  readonly #outputs: TrainingOutputs;
  #health: HealthWatch;
  #record: EpochRecord;
  #history = new History();
  #rollbacks: readonly Rollback[] = [];
  #iteration = 0;
  /** The iteration of the checkpoint that was read or written last. */
  #checkpointed: number | undefined;
  /** The iteration after which all weights were seen to be finite: a checkpoint of it need not look again. */
  #finiteAt: number | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { context, data, networks, timetable } = parts;
    this.#batches = new ReadAhead((iteration) => data.batch(iteration), timetable.lastIteration);
    this.#outputs = new TrainingOutputs(context.out, context.params.epochs, networks);
    this.#health = this.#watch();
    this.#record = new EpochRecord({ ...parts, outputs: this.#outputs });
  }

  get isAtEnd(): boolean {
    return this.#iteration >= this.#parts.timetable.lastIteration;
  }

  get isAtEpochEnd(): boolean {
    return this.#parts.timetable.isEpochEnd(this.#iteration);
  }

  get isCheckpointDue(): boolean {
    return this.#parts.timetable.checkpointDue(this.#iteration);
  }

  /** Whether nothing was trained since the last checkpoint, or since the beginning where there is none. */
  get isSaved(): boolean {
    return this.#iteration === (this.#checkpointed ?? 0);
  }

  /**
   * Goes on from the newest checkpoint that is not beyond the end, if there is one, and makes its outputs again. After
   * `rollbacks`: from where the last of them went back to, or where that is gone, from before it, to come there again.
   */
  async resume(rollbacks: readonly Rollback[] = []): Promise<void> {
    const { context, checkpoints, timetable } = this.#parts;
    const to = rollbacks.at(-1)?.to ?? timetable.lastIteration;
    const checkpoint = await checkpoints.newest(to, (line) => context.warn(line));
    const isThere = (checkpoint?.position.iteration ?? 0) === to;
    this.#rollbacks = isThere && rollbacks.length > 0 ? rollbacks : (checkpoint?.position.rollbacks ?? []);
    if (!checkpoint) return;
    this.#restore(checkpoint);
    if (!isThere || rollbacks.length === 0) {
      context.warn(`continues from iteration ${this.#iteration}, epoch ${timetable.epochsDone(this.#iteration)} of ${timetable.epochs}`);
    }
    await this.#record.repeat(this.#history, this.isAtEpochEnd ? timetable.epochsDone(this.#iteration) : undefined);
  }

  /** One iteration; says where a loss is not finite. */
  async step(): Promise<Divergence | undefined> {
    const { context, state, timetable } = this.#parts;
    const epoch = timetable.epochsDone(this.#iteration) + 1;
    const batch = await this.#batches.get(this.#iteration);
    const terms = await state.step(this.#iteration, batch, this.#learningRate(epoch));
    this.#iteration += 1;
    const divergence = await lossDivergence(terms, this.#iteration, this.#batchOf);
    if (divergence) return divergence;
    this.#history.addIteration(terms);
    this.#report(epoch, sumLosses(terms, context.params.loss.weights));
    return undefined;
  }

  /**
   * Metrics and, where the schedules say so, samples and networks of the epoch that ended. Where its weights (or moments)
   * are not finite, says so and makes none of it: whatever is drawn or saved later in the epoch's end is of finite ones.
   */
  async endEpoch(): Promise<Divergence | undefined> {
    const { context, timetable, state } = this.#parts;
    const broken = await this.#broken(await firstNotFinite(state.tensors()));
    if (broken) return broken;
    this.#finiteAt = this.#iteration;
    const epoch = timetable.epochsDone(this.#iteration);
    const metrics = this.#history.endEpoch(
      { epoch, iteration: this.#iteration, iterations: timetable.iterationsPerEpoch, learning_rate: this.#learningRate(epoch) },
      (terms) => sumLosses(terms, context.params.loss.weights),
    );
    // The last figures shown of an epoch, and of training, are its means: those of one iteration say little.
    this.#report(epoch, metrics);
    context.log(`epoch ${epoch}: generator ${metrics.generator_loss.toFixed(4)}, discriminator ${metrics.discriminator_loss.toFixed(4)}`);
    const samples = await this.#record.add(metrics, this.#history.epochEnds.at(-1)!);
    this.#health.look(this.#history.epochs, samples);
    return undefined;
  }

  /** Says where a weight is not finite, and then leaves the checkpoints as they are. */
  async saveCheckpoint(): Promise<Divergence | undefined> {
    const { state, checkpoints } = this.#parts;
    const write = (tensors: readonly TensorSource[]) => checkpoints.write(this.#position, tensors, this.#history.lines);
    let notFinite: string | undefined;
    if (this.#finiteAt === this.#iteration) await write(state.tensors());
    else notFinite = await writeFinite(state.tensors(), write);
    const divergence = await this.#broken(notFinite);
    if (!divergence) this.#checkpointed = this.#iteration;
    return divergence;
  }

  /**
   * As {@link saveCheckpoint}, where none is due. A training that rolls back does not care then about weights that are not
   * finite: continued from before, it meets them again, at the same place as one that was never interrupted.
   */
  async saveInterrupted(): Promise<Divergence | undefined> {
    const divergence = await this.saveCheckpoint();
    return this.#parts.context.params.on_nan === 'rollback' ? undefined : divergence;
  }

  async writeNetworks(): Promise<void> {
    await this.#outputs.writeNetworks(await new NetworkFiles(this.#parts.tf, this.#parts.state).save());
  }

  /**
   * Where on_nan lets it go back: takes the outputs back and answers with what the next session is to resume. Else the
   * stage's failure. What the run folder shows of epochs that are given up stays there until they come again, which writes
   * over it; a training that then fails, or is stopped, leaves it there (metrics.jsonl alone is taken back at once).
   */
  async rollBack(divergence: Divergence): Promise<Result<readonly Rollback[]>> {
    const { context, checkpoints, timetable } = this.#parts;
    const to = timetable.regularCheckpointBefore(divergence.iteration);
    const rollbacks = rollBack(divergence, this.#rollbacks, to, context.params.on_nan, { iteration: this.#checkpointed, folder: context.checkpoints! });
    if (!rollbacks.ok) return rollbacks;
    context.warn(`${divergence.message}; back to iteration ${to} and on at half the learning rate (rollback ${rollbacks.value.length} of ${rollbacksAtMost})`);
    await checkpoints.removeIrregular(to, divergence.iteration);
    await context.publish(await this.#outputs.clear());
    return ok(rollbacks.value);
  }

  async close(): Promise<void> {
    const { data, state, networks, sampler } = this.#parts;
    await this.#batches.close();
    await data.close();
    sampler.dispose();
    state.dispose();
    disposeNetworks(networks);
  }

  #report(epoch: number, { generator_loss: generator, discriminator_loss: discriminator }: LossSums): void {
    const { context, timetable } = this.#parts;
    context.progress({
      done: this.#iteration, total: timetable.lastIteration, unit: 'iterations',
      phase: `epoch ${epoch} of ${timetable.epochs}`, figures: { generator, discriminator },
    });
  }

  #restore({ position, tensors, metrics }: Checkpoint): void {
    this.#parts.state.restore(tensors);
    this.#history = new History(position, metrics);
    this.#record = new EpochRecord({ ...this.#parts, outputs: this.#outputs }, position);
    this.#health = this.#watch(position.seenInPictures);
    this.#iteration = this.#checkpointed = position.iteration;
  }

  get #position(): TrainingPosition {
    return {
      iteration: this.#iteration, epoch: this.#parts.timetable.epochsDone(this.#iteration),
      lossSums: this.#history.lossSums, epochEnds: this.#history.epochEnds, ...this.#record.digests,
      seenInPictures: this.#health.seenInPictures, rollbacks: this.#rollbacks,
    };
  }

  #watch(seen: readonly string[] = []): HealthWatch {
    const { context, data } = this.#parts;
    return new HealthWatch({ loss: context.params.loss, shape: data.shape }, (line) => context.warn(line), seen);
  }

  #broken(name: string | undefined): Promise<Divergence> | undefined {
    return name === undefined ? undefined : weightDivergence(name, this.#iteration, this.#batchOf);
  }

  readonly #batchOf: BatchOf = (iteration) => this.#parts.data.batch(iteration - 1);

  #learningRate(epoch: number): number {
    return this.#parts.timetable.learningRate(epoch) * learningRateFactor(this.#rollbacks);
  }
}
