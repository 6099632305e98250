/** The way for an optimizer to offer TensorFlow's own kernel to a graph. */
import type { Tf } from '../tf.ts';
import { activeRecorder, type InPlaceOperation } from './recorder.ts';

export type { InPlaceOperation } from './recorder.ts';

/**
 * Changes variables by `plainly`, in tfjs operations. Where the step is being captured, the graph gets `operation`
 * instead, one node that changes them where they lie; it must mean the same.
 */
export function updateInPlace(tf: Tf, operation: InPlaceOperation, plainly: () => void): void {
  const recorder = activeRecorder(tf);
  if (recorder) recorder.inPlace(operation, plainly);
  else plainly();
}
