/** The adversarial losses, each written as what the discriminator and the generator minimize. */
import type { Scalar, Tensor, Tf } from '../../engine/tf.ts';
import { meanSoftplus } from './mean-softplus.ts';
import { meanSquare } from './mean-square.ts';

export const ganLossNames = ['mse', 'lsgan', 'vanilla', 'hinge', 'wgan-gp'] as const;
export type GanLossName = (typeof ganLossNames)[number];

/** Each takes a discriminator's output (any shape; means are over all of it) and gives a scalar to minimize. */
export interface GanLoss {
  /** The discriminator's, on real images. */
  real(output: Tensor): Scalar;
  /** The discriminator's, on generated images. */
  generated(output: Tensor): Scalar;
  /** The generator's, on its own images. */
  generator(output: Tensor): Scalar;
}

/** The loss that `loss.gan` names. mse takes what the discriminator ends in; the others take a linear output. */
export function ganLoss(tf: Tf, name: GanLossName): GanLoss {
  return losses[name](tf);
}

const losses: Readonly<Record<GanLossName, (tf: Tf) => GanLoss>> = {
  mse: leastSquares, lsgan: leastSquares, vanilla: crossEntropy, hinge, 'wgan-gp': wasserstein,
};

/**
 * D: (D(x) − 1)² and D(G(z))²; G: (D(G(z)) − 1)² (Mao et al. 2017, equation 9, without its ½; Zhu et al. 2017, section 4:
 * gan_mode lsgan in junyanz's code). On a sigmoid it is the chapter's mse.
 */
function leastSquares(tf: Tf): GanLoss {
  const toOne = (output: Tensor) => meanSquare(tf, tf.sub(output, 1));
  return { real: toOne, generated: (output) => meanSquare(tf, output), generator: toOne };
}

/**
 * D: −log σ(D(x)) and −log(1 − σ(D(G(z)))); G: −log σ(D(G(z))), the one that does not saturate (Goodfellow et al. 2014,
 * equation 1 and the end of section 3), of logits: gan_mode vanilla in junyanz's code.
 */
function crossEntropy(tf: Tf): GanLoss {
  const toOne = (logits: Tensor) => meanSoftplus(tf, tf.neg(logits));
  return { real: toOne, generated: (logits) => meanSoftplus(tf, logits), generator: toOne };
}

/** D: max(0, 1 − D(x)) and max(0, 1 + D(G(z))); G: −D(G(z)) (Lim and Ye 2017; Miyato et al. 2018, equations 16 and 17). Not in junyanz's code. */
function hinge(tf: Tf): GanLoss {
  return {
    real: (output) => tf.mean(tf.relu(tf.sub(1, output))),
    generated: (output) => tf.mean(tf.relu(tf.add(1, output))),
    generator: (output) => tf.neg(tf.mean(output)),
  };
}

/**
 * D: −D(x) and D(G(z)), to be summed with the gradient penalty; G: −D(G(z)) (Arjovsky et al. 2017, equation 2; Gulrajani
 * et al. 2017, equation 3): gan_mode wgangp in junyanz's code.
 */
function wasserstein(tf: Tf): GanLoss {
  const negativeMean = (output: Tensor): Scalar => tf.neg(tf.mean(output));
  return { real: negativeMean, generated: (output) => tf.mean(output), generator: negativeMean };
}
