/**
 * What issue 4 allows (outputs 1e-4, losses 1e-5, gradients 1e-3; weights, m and v 1e-3 after one iteration and 1e-2
 * after ten), and less where less holds on both engines. The images are drawn such that the reference itself, begun with weights
 * 1e-7 away, ends ten iterations within 1e-4; with other draws an element that crosses a corner (relu, |x|) makes it 1e-2.
 */
import type { AllBounds } from './training-tests.ts';

export const small: AllBounds = {
  one: { outputs: 1e-5, losses: 1e-5, gradients: 1e-4, state: 1e-4, change: 1e-2 },
  ten: { outputs: 1e-5, losses: 1e-3, gradients: 1e-4, state: 3e-3, change: 1e-2 },
};

/** The full-size chapter, on TensorFlow alone: more sums of more values, so more rounding. */
export const full: AllBounds = {
  one: { outputs: 1e-4, losses: 1e-5, gradients: 1e-3, state: 1e-3, change: 2e-2 },
  ten: { outputs: 1e-4, losses: 1e-2, gradients: 1e-3, state: 1e-2, change: 1e-1 },
};
