/** What training is made of, whatever its objective: batches go in, one iteration is done, losses and images come out. */
import type { Scalar, Tensor, Tensor4D, Variable } from '../../engine/tf.ts';
import type { LossName } from './losses.ts';

/** What an image pool answers: where `use` (`[batch, 1, 1, 1]`, 0 or 1) is 1, `image` takes the place of the newly generated one. */
export interface PooledImages {
  readonly image: Tensor4D;
  readonly use: Tensor;
}

/** Images `[batch, height, width, channels]` in the range of the generators' output, and all that is random in an iteration. */
export interface Batch {
  readonly realA: Tensor4D;
  readonly realB: Tensor4D;
  readonly pooledA?: PooledImages;
  readonly pooledB?: PooledImages;
  /**
   * Needed with wgan-gp, else unused: where between real and generated the gradient penalty looks, `[batch, 1, 1, 1]`,
   * uniform in [0, 1). Drawn from the streams `gradient penalty A <iteration>` and `gradient penalty B <iteration>`.
   */
  readonly interpolationA?: Tensor;
  readonly interpolationB?: Tensor;
}

export interface GeneratedImages {
  readonly generatedA: Tensor4D;
  readonly generatedB: Tensor4D;
}

/** The losses as they were before this step's updates of the networks they belong to. The caller disposes all tensors. */
export interface StepOutput extends GeneratedImages {
  /** Those of {@link Trainer.lossNames}. */
  readonly losses: Readonly<Partial<Record<LossName, Scalar>>>;
}

/** A step reads no values and takes no branch on data, so that it can be captured as a graph. */
export interface Trainer {
  /** One iteration. `learningRate` is a scalar tensor, so that a schedule does not change the graph. */
  step(batch: Batch, learningRate: Scalar): StepOutput;
  /** All that a step changes, by stable names: weights, batch normalization's statistics, moments, counters and averages. */
  state(): ReadonlyMap<string, Variable>;
  /** The losses that a step computes: terms of weight 0 are not among them. */
  readonly lossNames: readonly LossName[];
  /** With `ema_decay`: the moving averages of the generators' weights, by the names of `networkWeights`, `generatorAToB/d64/kernel`. */
  averages(): ReadonlyMap<string, Variable> | undefined;
  /** Disposes the optimizer's state and the averages; the networks are their maker's. */
  dispose(): void;
}
