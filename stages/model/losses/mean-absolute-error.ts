import type { Scalar, Tensor, Tf } from '../../engine/tf.ts';

/**
 * The mean of |x − target| (the cycle and identity losses: Zhu et al. 2017, equation 2 and section 5.2). `target` gets no
 * gradient. The gradient of |x| at 0 is 0, as in Keras and PyTorch; tfjs's own is −1 there.
 */
export function meanAbsoluteError(tf: Tf, x: Tensor, target: Tensor): Scalar {
  const mean = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [Tensor, (saved: Tensor[]) => void];
    const difference = tf.sub(input, target);
    save([difference]);
    return {
      value: tf.mean(tf.abs(difference)),
      gradFunc: (dy: Tensor, [difference]: Tensor[]) => tf.mul(tf.sign(difference!), tf.mul(dy, 1 / difference!.size)),
    };
  });
  return mean(x) as Scalar;
}
