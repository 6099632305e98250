import type { Scalar, Tensor, Tensor4D, Tf } from '../../engine/tf.ts';

/** Under the root: it gives the norm of a gradient of 0 the derivative 0 instead of NaN. A norm above 2e-3 stays as float32 has it; smaller ones grow, to 1e-6 at most. */
const tiny = 1e-12;

/**
 * The mean over the batch of (‖∇x̂ D(x̂)‖₂ − 1)² at x̂ = ε·real + (1 − ε)·generated, `interpolation` ε being
 * `[batch, 1, 1, 1]` in [0, 1) (Gulrajani et al. 2017, equation 3 and algorithm 1). Of a critic that gives a map of
 * patches it is the gradient of their sum, as in cal_gradient_penalty of junyanz's code. `critic` must be differentiable
 * twice: tf.customGrad and fused kernels are not (what they save counts as constant).
 */
export function gradientPenalty(
  tf: Tf, critic: (images: Tensor4D) => Tensor, { real, generated, interpolation }: { readonly real: Tensor4D; readonly generated: Tensor4D; readonly interpolation: Tensor },
): Scalar {
  const interpolates = tf.add(tf.mul(real, interpolation), tf.mul(generated, tf.sub(1, interpolation)));
  const gradient = tf.grad((images: Tensor) => critic(images as Tensor4D))(interpolates);
  const norm = tf.sqrt(tf.add(tf.sum(tf.square(gradient), [1, 2, 3]), tiny));
  return tf.mean(tf.square(tf.sub(norm, 1)));
}
