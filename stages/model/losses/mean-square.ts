import type { Scalar, Tensor, Tf } from '../../engine/tf.ts';

/** The mean of x²; its gradient 2x/n in one step instead of tfjs's six. */
export function meanSquare(tf: Tf, x: Tensor): Scalar {
  const mean = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [Tensor, (saved: Tensor[]) => void];
    save([input]);
    return {
      value: tf.mean(tf.square(input)),
      gradFunc: (dy: Tensor, [input]: Tensor[]) => tf.mul(input!, tf.mul(dy, 2 / input!.size)),
    };
  });
  return mean(x) as Scalar;
}
