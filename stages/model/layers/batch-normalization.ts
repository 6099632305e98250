import type { Tensor, Tensor1D, Tf, layers, serialization } from '../../engine/tf.ts';
import type { Operations } from '../operations/index.ts';
import { isFrozen, isTraining, onlyImage, type CallArguments } from './call-arguments.ts';
import { standardClass } from './layer-set.ts';

interface StandardBatchNormalization extends layers.Layer {
  readonly momentum: number;
  readonly epsilon: number;
}

type Variable = layers.Layer['weights'][number];

/**
 * BatchNormalization over the last axis, as Keras defines it. In training mode each call moves the statistics once,
 * moving ← momentum·moving + (1 − momentum)·batch, by the mean and the BIASED variance; in inference mode it uses them
 * and moves nothing. A frozen layer normalizes by the batch and moves nothing.
 */
export function batchNormalizationLayer(tf: Tf, operations: Operations) {
  return class extends standardClass<StandardBatchNormalization>(tf, 'BatchNormalization') {
    constructor(config: serialization.ConfigDict) {
      super(config);
    }

    override call(inputs: Tensor | Tensor[], args: CallArguments): Tensor {
      const x = onlyImage(inputs);
      const [gamma, beta, movingMean, movingVariance] = this.weights as [Variable, Variable, Variable, Variable];
      const read = (variable: Variable) => variable.read() as Tensor1D;
      if (!isTraining(args)) return tf.batchNorm4d(x, read(movingMean), read(movingVariance), read(beta), read(gamma), this.epsilon);
      return operations.normalizeBatch(x, read(gamma), read(beta), this.epsilon, (mean, variance) => {
        if (isFrozen(args)) return;
        this.move(movingMean, mean);
        this.move(movingVariance, variance);
      });
    }

    private move(moving: Variable, seen: Tensor1D): void {
      tf.tidy(() => {
        const current = moving.read();
        moving.write(tf.sub(current, tf.mul(tf.sub(current, seen), 1 - this.momentum)));
      });
    }
  };
}
