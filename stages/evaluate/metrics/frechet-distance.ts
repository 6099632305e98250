/**
 * The Fréchet distance of two sets of features taken as Gaussians, Heusel et al. 2017 (equation 6: FID where the features are
 * Inception's): |μ₁ − μ₂|² + Tr(Σ₁ + Σ₂ − 2(Σ₁Σ₂)^½), with the unbiased covariances.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Features } from './kernel-distance.ts';

/** The distance of two sets. */
export function frechetDistance(first: Gaussian, second: Gaussian): number {
  const means = first.mean.reduce((sum, value, i) => sum + (value - second.mean[i]!) ** 2, 0);
  return means + first.trace + second.trace - 2 * traceOfRoot(first.factor, second.factor);
}

/** A set as its distance needs it. */
export interface Gaussian {
  readonly mean: Float64Array;
  /** Some F with FᵀF = Σ: as many rows as images or as dimensions, whichever are fewer. */
  readonly factor: Matrix;
  /** Tr Σ. */
  readonly trace: number;
}

/** Of at least 2 images: a decomposition of dimensions³ steps, so of one set once. */
export function gaussianOf(features: Features): Gaussian {
  const [count, dimensions] = [features.length, features[0]!.length];
  const mean = new Float64Array(dimensions);
  for (const row of features) row.forEach((value, i) => (mean[i]! += value / count));
  const scale = Math.sqrt(count - 1);
  const centred = new Matrix(features.map((row) => Array.from(row, (value, i) => (value - mean[i]!) / scale)));
  const factor = count <= dimensions ? centred : rootOf(centred.transpose().mmul(centred));
  return { mean, factor, trace: centred.norm('frobenius') ** 2 };
}

/** F with FᵀF = Σ, of a symmetric Σ without negative eigenvalues. */
function rootOf(covariance: Matrix): Matrix {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  return eigenvectorMatrix.transpose().mulColumnVector(realEigenvalues.map((value) => Math.sqrt(Math.max(0, value))));
}

/**
 * Tr (FᵀF GᵀG)^½: the sum of the singular values of FGᵀ, since FᵀF GᵀG has the eigenvalues of (FGᵀ)(FGᵀ)ᵀ. So a set of few
 * images needs a decomposition of their number, not of the features' dimensions.
 */
function traceOfRoot(f: Matrix, g: Matrix): number {
  const product = f.rows <= g.rows ? f.mmul(g.transpose()) : g.mmul(f.transpose());
  const { realEigenvalues } = new EigenvalueDecomposition(product.mmul(product.transpose()), { assumeSymmetric: true });
  return realEigenvalues.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
}
