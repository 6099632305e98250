import type { Scalar, Tensor, Tf } from '../../engine/tf.ts';

/**
 * The mean of log(1 + eˣ), as max(x, 0) + log(1 + e^−|x|), which never overflows; its gradient
 * is sigmoid(x)/n. Of a logit x it is the sigmoid cross-entropy to 0, of −x that to 1 (tf.nn.sigmoid_cross_entropy_with_logits).
 */
export function meanSoftplus(tf: Tf, x: Tensor): Scalar {
  const mean = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [Tensor, (saved: Tensor[]) => void];
    save([input]);
    return {
      value: tf.mean(tf.add(tf.relu(input), tf.log1p(tf.exp(tf.neg(tf.abs(input)))))),
      gradFunc: (dy: Tensor, [input]: Tensor[]) => tf.mul(tf.sigmoid(input!), tf.mul(dy, 1 / input!.size)),
    };
  });
  return mean(x) as Scalar;
}
