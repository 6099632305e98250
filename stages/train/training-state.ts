/** Everything that training changes: networks, optimizers and image pools, as one thing that steps, is saved and restored. */
import type { Tensor4D, Tf, Variable } from '../engine/tf.ts';
import type { ImageShape } from '../model/spec.ts';
import type { TrainingBatch } from './data/training-data.ts';
import { ImagePool } from './image-pool.ts';
import type { StoredTensor, TensorSource } from './safetensors.ts';
import type { LossName } from './step/losses.ts';
import type { Trainer } from './step/trainer.ts';

/** The terms that are computed: those of weight 0 are not. */
export type LossTerms = Readonly<Partial<Record<LossName, number>>>;

interface Pools {
  readonly A: ImagePool;
  readonly B: ImagePool;
}

export class TrainingState {
  readonly #tf: Tf;
  readonly #trainer: Trainer;
  readonly #pools: Pools | undefined;
  readonly #batchShape: [number, number, number, number];

  /** `poolSize` 0: no image pools. */
  constructor(tf: Tf, trainer: Trainer, options: { readonly batchSize: number; readonly shape: ImageShape; readonly poolSize: number; readonly seed: number }) {
    const { batchSize, shape, poolSize, seed } = options;
    this.#tf = tf;
    this.#trainer = trainer;
    this.#batchShape = [batchSize, ...shape];
    this.#pools = poolSize > 0 ? { A: new ImagePool(tf, poolSize, seed, 'A'), B: new ImagePool(tf, poolSize, seed, 'B') } : undefined;
  }

  /** Iteration `iteration`, counted from 0; the loss terms as they were before its updates. */
  async step(iteration: number, batch: TrainingBatch, learningRate: number): Promise<LossTerms> {
    const tf = this.#tf;
    const pooled = this.#pools && { A: this.#pools.A.draw(iteration, this.#batchShape), B: this.#pools.B.draw(iteration, this.#batchShape) };
    const realA = tf.tensor4d(batch.A.values, this.#batchShape);
    const realB = tf.tensor4d(batch.B.values, this.#batchShape);
    const rate = tf.scalar(learningRate);
    const { losses, generatedA, generatedB } = this.#trainer.step({ realA, realB, ...(pooled && { pooledA: pooled.A, pooledB: pooled.B }) }, rate);
    this.#pools?.A.store(iteration, generatedA);
    this.#pools?.B.store(iteration, generatedB);
    // One read for all terms: on a GPU every read waits for the device.
    const names = this.#trainer.lossNames;
    const terms = tf.stack(names.map((name) => losses[name]!));
    tf.dispose([realA, realB, rate, generatedA, generatedB, ...Object.values(losses), ...(pooled ? [pooled.A, pooled.B].flatMap(({ image, use }) => [image, use]) : [])]);
    const values = await terms.data<'float32'>();
    terms.dispose();
    return Object.fromEntries(names.map((name, index) => [name, values[index]!])) as LossTerms;
  }

  /** All of it as named tensors, each read when its turn comes. */
  tensors(): TensorSource[] {
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
  }

  #restorePool(name: 'A' | 'B', stored: StoredTensor | undefined): void {
    if (!stored) return this.#pools?.[name].restore(undefined);
    const images = this.#tf.tensor4d(stored.data, stored.shape as [number, number, number, number]);
    this.#pools?.[name].restore(images);
    images.dispose();
  }

  dispose(): void {
    this.#pools?.A.dispose();
    this.#pools?.B.dispose();
    this.#trainer.dispose();
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
