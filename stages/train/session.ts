/** One run of the train stage: its data, its state, its history and its outputs, and the moves that run.ts orders. */
import { join } from 'node:path';
import { ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import type { StageContext } from '../../pipeline/stage.ts';
import { loadEngine } from '../engine/index.ts';
import type { Tf } from '../engine/tf.ts';
import { createNetworks, disposeNetworks } from '../model/networks.ts';
import type { Networks } from '../model/networks.ts';
import { readNetworkImages } from '../image-set/network-images.ts';
import { checkpointDue } from './checkpoint/schedule.ts';
import { openCheckpoints } from './checkpoint/store.ts';
import type { CheckpointStore } from './checkpoint/store.ts';
import { ReadAhead } from './data/read-ahead.ts';
import { openTrainingData } from './data/training-data.ts';
import type { TrainingBatch, TrainingData } from './data/training-data.ts';
import { checkFinite, writeFinite } from './divergence.ts';
import { History } from './history.ts';
import { learningRateAt } from './learning-rate.ts';
import { TrainingOutputs } from './outputs.ts';
import type { TrainParams } from './params.ts';
import { EpochSamples } from './samples/epoch-samples.ts';
import { openSampler } from './samples/sampler.ts';
import type { Sampler } from './samples/sampler.ts';
import { SampleStore } from './samples/store.ts';
import { sumLosses } from './step/losses.ts';
import { createTrainer } from './step/trainer.ts';
import { TrainingState } from './training-state.ts';

interface Parts {
  readonly context: StageContext<TrainParams>;
  readonly tf: Tf;
  readonly networks: Networks;
  readonly data: TrainingData;
  readonly state: TrainingState;
  readonly sampler: Sampler;
  readonly checkpoints: CheckpointStore;
}

/** Loads the engine, opens the data and makes the networks with their initial weights. */
export async function openSession(context: StageContext<TrainParams>): Promise<Result<Session>> {
  const { params, seed } = context;
  const set = await readNetworkImages(context.inputs[0]!);
  if (!set.ok) return set;
  const data = await openTrainingData(set.value, {
    pairing: params.pairing, batchSize: params.batch_size, iterationsPerEpoch: params.iterations_per_epoch, augment: params.augment, seed,
  });
  if (!data.ok) return data;
  const made = await makeNetworks(context, data.value);
  if (!made.ok) {
    await data.value.close();
    return made;
  }
  const { tf, networks } = made.value;
  const { shape } = data.value;
  const state = new TrainingState(tf, createTrainer(tf, networks, params), { batchSize: params.batch_size, shape, poolSize: params.image_pool, seed });
  const sampler = await openSampler(set.value, { tf, generators: networks, shape, split: params.sample_split, count: params.samples, seed });
  const checkpoints = await openCheckpoints(context.checkpoints!, params.keep_last);
  return ok(new Session({ context, tf, networks, data: data.value, state, sampler, checkpoints }));
}

async function makeNetworks({ engine, params, seed }: StageContext<TrainParams>, { shape }: TrainingData): Promise<Result<{ readonly tf: Tf; readonly networks: Networks }>> {
  const loaded = await loadEngine(engine!);
  if (!loaded.ok) return loaded;
  const networks = createNetworks(loaded.value.tf, params.model, shape, seed);
  return networks.ok ? ok({ tf: loaded.value.tf, networks: networks.value }) : networks;
}

export class Session {
  readonly #parts: Parts;
  readonly #batches: ReadAhead<TrainingBatch>;
  readonly #outputs: TrainingOutputs;
  #samples: EpochSamples;
  #history = new History();
  #iteration = 0;
  /** The iteration of the checkpoint that was read or written last. */
  #checkpointed: number | undefined;
  readonly lastIteration: number;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { context, data, networks } = parts;
    this.lastIteration = context.params.epochs * data.iterationsPerEpoch;
    this.#batches = new ReadAhead((iteration) => data.batch(iteration), this.lastIteration);
    this.#outputs = new TrainingOutputs(context.out, context.params.epochs, networks);
    this.#samples = this.#samplesWith();
  }

  /** Iterations done since the beginning of training. */
  get iteration(): number {
    return this.#iteration;
  }

  get atEpochEnd(): boolean {
    return this.#iteration % this.#parts.data.iterationsPerEpoch === 0;
  }

  get checkpointDue(): boolean {
    const { context, data } = this.#parts;
    return checkpointDue(context.params.checkpoint_every, this.#iteration, data.iterationsPerEpoch, this.lastIteration);
  }

  /** Goes on from the newest checkpoint that is not beyond the end, if there is one, and makes its outputs again. */
  async resume(): Promise<void> {
    const { context, checkpoints, state, data } = this.#parts;
    const checkpoint = await checkpoints.newest(this.lastIteration, (line) => context.warn(line));
    if (!checkpoint) return;
    state.restore(checkpoint.tensors);
    this.#history = new History(checkpoint.position, checkpoint.metrics);
    this.#samples = this.#samplesWith(checkpoint.position.samples);
    this.#iteration = this.#checkpointed = checkpoint.position.iteration;
    context.warn(`continues from iteration ${this.#iteration}, epoch ${Math.floor(this.#iteration / data.iterationsPerEpoch)} of ${context.params.epochs}`);
    await this.#repeatOutputs();
  }

  /** One iteration. Fails with `train-diverged` where a loss is not finite. */
  async step(): Promise<Result<void>> {
    const { context, data, state } = this.#parts;
    const epoch = this.#epochUnderWay;
    const batch = await this.#batches.get(this.#iteration);
    const terms = await state.step(this.#iteration, batch, this.#learningRate(epoch));
    this.#iteration += 1;
    const finite = checkFinite(terms, this.#iteration, batch, this.#checkpointed);
    if (!finite.ok) return finite;
    this.#history.addIteration(terms);
    const { generator_loss: generator, discriminator_loss: discriminator } = sumLosses(terms, context.params.loss.weights);
    context.progress({
      done: this.#iteration, total: this.lastIteration, unit: 'iterations',
      phase: `epoch ${epoch} of ${this.lastIteration / data.iterationsPerEpoch}`, figures: { generator, discriminator },
    });
    return ok(undefined);
  }

  /** Metrics and, where the schedule says so, samples of the epoch that ended; shown in the run folder at once. */
  async endEpoch(): Promise<void> {
    const { context, data } = this.#parts;
    const epoch = this.#iteration / data.iterationsPerEpoch;
    const metrics = this.#history.endEpoch(
      { epoch, iteration: this.#iteration, iterations: data.iterationsPerEpoch, learning_rate: this.#learningRate(epoch) },
      (terms) => sumLosses(terms, context.params.loss.weights),
    );
    context.log(`epoch ${epoch}: generator ${metrics.generator_loss.toFixed(4)}, discriminator ${metrics.discriminator_loss.toFixed(4)}`);
    const samples = await this.#samples.draw(epoch);
    await context.publish(await this.#outputs.addEpoch(metrics, this.#history.epochEnds.at(-1)!, samples));
  }

  /** Fails with `train-diverged` where a weight is not finite, and then leaves the checkpoints as they are. */
  async saveCheckpoint(): Promise<Result<void>> {
    const { state, checkpoints, data } = this.#parts;
    const position = {
      iteration: this.#iteration, epoch: Math.floor(this.#iteration / data.iterationsPerEpoch),
      lossSums: this.#history.lossSums, epochEnds: this.#history.epochEnds, samples: this.#samples.digests,
    };
    const written = await writeFinite(state.tensors(), this.#iteration, this.#checkpointed, (tensors) => checkpoints.write(position, tensors, this.#history.lines));
    if (written.ok) this.#checkpointed = this.#iteration;
    return written;
  }

  async writeNetworks(): Promise<void> {
    await this.#outputs.writeNetworks(this.#parts.tf, this.#parts.networks);
  }

  async close(): Promise<void> {
    const { data, state, networks } = this.#parts;
    await this.#batches.close();
    await data.close();
    state.dispose();
    disposeNetworks(networks);
  }

  #samplesWith(digests: Readonly<Record<string, string>> = {}): EpochSamples {
    const { context, sampler } = this.#parts;
    return new EpochSamples(sampler, new SampleStore(join(context.checkpoints!, 'samples'), context.params.sample_split, digests), context.params);
  }

  /** Counted from 1. */
  get #epochUnderWay(): number {
    return Math.floor(this.#iteration / this.#parts.data.iterationsPerEpoch) + 1;
  }

  #learningRate(epoch: number): number {
    const { optimizer, learning_rate_schedule: schedule } = this.#parts.context.params;
    return learningRateAt(epoch, optimizer.learning_rate, schedule);
  }

  /** Outputs of the epochs before the checkpoint, from what it and the runs of this trajectory kept. */
  async #repeatOutputs(): Promise<void> {
    const { context } = this.#parts;
    const paths = new Set<string>();
    const missing: number[] = [];
    for (const [index, metrics] of this.#history.epochs.entries()) {
      // The weights of the checkpoint's own epoch are here: its samples can still be drawn.
      const weightsAreHere = this.atEpochEnd && metrics.epoch === this.#epochUnderWay - 1;
      const samples = (await this.#samples.find(metrics.epoch)) ?? (weightsAreHere ? await this.#samples.draw(metrics.epoch) : undefined);
      if (!samples) missing.push(metrics.epoch);
      for (const path of await this.#outputs.addEpoch(metrics, this.#history.epochEnds[index]!, samples ?? [])) paths.add(path);
    }
    if (missing.length > 0) {
      context.warn(`no samples of epoch ${missing.join(', ')}: the run that trained to there drew none of them, and its weights are gone`);
    }
    if (paths.size > 0) await context.publish([...paths]);
  }
}
