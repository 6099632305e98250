/**
 * Everything that training changes: networks, optimizers, averages and image pools, as one thing that steps, is read, saved
 * and restored. Nobody else steps the trainer, or reads or writes what it changes.
 */
import type { Tensor, Tensor4D, Tf, Variable } from '../engine/tf.ts';
import type { Networks } from '../model/networks.ts';
import type { ImageShape } from '../model/spec.ts';
import { randomStream } from '../random.ts';
import type { TrainingBatch } from './data/training-data.ts';
import { ImagePool } from './image-pool.ts';
import type { StoredTensor, TensorSource } from './safetensors.ts';
import { eagerExecution } from './step/execution.ts';
import type { Execution } from './step/execution.ts';
import type { LossName } from './step/losses.ts';
import type { Batch, Trainer } from './step/trainer.ts';

/** The terms that are computed: those of weight 0 are not. */
export type LossTerms = Readonly<Partial<Record<LossName, number>>>;

/** The networks with the weights of now, and the generators' averages by the weights' names where there are any. */
export interface TrainedNetworks {
  readonly networks: Networks;
  readonly averages: ReadonlyMap<string, Variable> | undefined;
}

export interface TrainingStateOptions {
  readonly batchSize: number;
  readonly shape: ImageShape;
  /** 0: no image pools. */
  readonly poolSize: number;
  /** Whether the step needs to be told where between real and generated images a gradient penalty looks. */
  readonly interpolates: boolean;
  readonly seed: number;
  /** How `trainer` is stepped. Absent: eagerly. */
  readonly execution?: Execution;
}

type BatchShape = [number, number, number, number];

interface Pools {
  readonly A: ImagePool;
  readonly B: ImagePool;
}

export class TrainingState {
  readonly #tf: Tf;
  readonly #networks: Networks;
  readonly #trainer: Trainer;
  readonly #execution: Execution;
  readonly #pools: Pools | undefined;
  readonly #batchShape: BatchShape;
  readonly #options: TrainingStateOptions;

  /** Disposes `trainer` and its execution when it is disposed; the networks are their maker's. */
  constructor(tf: Tf, networks: Networks, trainer: Trainer, options: TrainingStateOptions) {
    const { batchSize, shape, poolSize, seed } = options;
    this.#tf = tf;
    this.#networks = networks;
    this.#trainer = trainer;
    this.#execution = options.execution ?? eagerExecution(trainer);
    this.#options = options;
    this.#batchShape = [batchSize, ...shape];
    this.#pools = poolSize > 0 ? { A: new ImagePool(tf, poolSize, seed, 'A'), B: new ImagePool(tf, poolSize, seed, 'B') } : undefined;
  }

  get hasAverages(): boolean {
    return this.#trainer.averages() !== undefined;
  }

  /** Iteration `iteration`, counted from 0; the loss terms as they were before its updates. */
  async step(iteration: number, images: TrainingBatch, learningRate: number): Promise<LossTerms> {
    const tf = this.#tf;
    const batch = this.#batch(iteration, images);
    const rate = tf.scalar(learningRate);
    const { losses, generatedA, generatedB } = this.#execution.step(batch, rate);
    this.#pools?.A.store(iteration, generatedA);
    this.#pools?.B.store(iteration, generatedB);
    // One read for all terms: on a GPU every read waits for the device.
    const names = this.#trainer.lossNames;
    const terms = tf.stack(names.map((name) => losses[name]!));
    tf.dispose([batch, rate, generatedA, generatedB, losses] as unknown as Tensor[]);
    const values = await terms.data<'float32'>();
    terms.dispose();
    return Object.fromEntries(names.map((name, index) => [name, values[index]!])) as LossTerms;
  }

  /** The networks to be looked at or saved; to be asked for again after each step. */
  read(): TrainedNetworks {
    this.#execution.beforeRead();
    return { networks: this.#networks, averages: this.#trainer.averages() };
  }

  /** All of it as named tensors, each read when its turn comes. */
  tensors(): TensorSource[] {
    this.#execution.beforeRead();
    const variables = [...this.#trainer.state()].map(([name, variable]) => sourceOf(name, variable));
    const pools = this.#pools ? (['A', 'B'] as const).flatMap((name) => poolSource(name, this.#pools![name], this.#batchShape)) : [];
    return [...variables, ...pools];
  }

  /** Takes what {@link tensors} gave. Throws where names or shapes are not those of this training: the trajectory should have told them apart. */
  restore(tensors: ReadonlyMap<string, StoredTensor>): void {
    for (const [name, variable] of this.#trainer.state()) {
      const stored = tensors.get(name);
      if (!stored || stored.shape.join() !== variable.shape.join()) throw new Error(`the checkpoint's ${name} is not the one that this model has`);
      const value = this.#tf.tensor(stored.data, variable.shape, variable.dtype);
      variable.assign(value);
      value.dispose();
    }
    for (const name of ['A', 'B'] as const) this.#restorePool(name, tensors.get(poolName(name)));
    this.#execution.afterWrite();
  }

  dispose(): void {
    this.#pools?.A.dispose();
    this.#pools?.B.dispose();
    this.#execution.dispose();
    this.#trainer.dispose();
  }

  /** All that iteration `iteration` is told, as tensors that the caller disposes. */
  #batch(iteration: number, images: TrainingBatch): Batch {
    const realA = this.#tf.tensor4d(images.A.values, this.#batchShape);
    const realB = this.#tf.tensor4d(images.B.values, this.#batchShape);
    const pools = this.#pools;
    return {
      realA, realB,
      ...(pools && { pooledA: pools.A.draw(iteration, this.#batchShape), pooledB: pools.B.draw(iteration, this.#batchShape) }),
      ...(this.#options.interpolates && { interpolationA: this.#interpolation('A', iteration), interpolationB: this.#interpolation('B', iteration) }),
    };
  }

  /** `[batch, 1, 1, 1]`, uniform in [0, 1). */
  #interpolation(domain: 'A' | 'B', iteration: number): Tensor4D {
    const { seed, batchSize } = this.#options;
    const random = randomStream(seed, `gradient penalty ${domain} ${iteration}`);
    return this.#tf.tensor4d(Array.from({ length: batchSize }, () => random.next()), [batchSize, 1, 1, 1]);
  }

  #restorePool(name: 'A' | 'B', stored: StoredTensor | undefined): void {
    if (!stored) return this.#pools?.[name].restore(undefined);
    const images = this.#tf.tensor4d(stored.data, stored.shape as BatchShape);
    this.#pools?.[name].restore(images);
    images.dispose();
  }
}

const poolName = (name: 'A' | 'B') => `image_pool_${name}`;

function poolSource(name: 'A' | 'B', pool: ImagePool, [, ...shape]: readonly number[]): TensorSource[] {
  if (pool.filled === 0) return [];
  return [{ name: poolName(name), dtype: 'F32', shape: [pool.filled, ...shape], read: () => readAndDispose(pool.images()!) }];
}

function sourceOf(name: string, variable: Variable): TensorSource {
  if (variable.dtype !== 'float32' && variable.dtype !== 'int32') throw new TypeError(`${name} is ${variable.dtype}; a checkpoint holds float32 and int32`);
  return { name, dtype: variable.dtype === 'float32' ? 'F32' : 'I32', shape: variable.shape, read: () => variable.data() as Promise<Float32Array | Int32Array> };
}

async function readAndDispose(images: Tensor4D): Promise<Float32Array> {
  try {
    return await images.data<'float32'>();
  } finally {
    images.dispose();
  }
}
