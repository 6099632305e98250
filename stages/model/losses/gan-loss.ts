import type { Scalar, Tensor, Tf } from '../../engine/tf.ts';

/** mse: least squares (LSGAN, Mao et al. 2017; equation 1 with the square of Zhu et al. 2017, section 4). */
export type GanLossName = 'mse';

/**
 * How far a discriminator's output (any shape) is from calling the image real or generated. Least squares: the mean of
 * (output − 1)² or of output², on a sigmoid (the chapter) or a linear output (the paper).
 */
export function ganLoss(tf: Tf, output: Tensor, target: 'real' | 'generated'): Scalar {
  return meanSquare(tf, target === 'real' ? tf.sub(output, 1) : output);
}

/** The mean of x²; its gradient 2x/n in one step instead of tfjs's six. */
function meanSquare(tf: Tf, x: Tensor): Scalar {
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
