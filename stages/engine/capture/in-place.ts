/** What a step may ask of its capture: an optimizer to have TensorFlow's own kernel, an operation in what precision it is. */
import type { Tensor, Tf } from '../tf.ts';
import type { Precision } from './precision.ts';
import { activeRecorder, type InPlaceOperation } from './recorder.ts';

export type { InPlaceOperation } from './recorder.ts';

/** What convolutions called now compute in: a step that is captured in bfloat16 may choose its operations by it. */
export const convolutionPrecision = (tf: Tf): Precision => activeRecorder(tf)?.precision ?? 'float32';

/**
 * `value`; in a captured step not before `event` is there. What is made of it is then made late, or once more, where a graph
 * would make it as soon as it can and hold it until the last reader: less memory for some work. The caller disposes it.
 */
export const notBefore = <T extends Tensor>(tf: Tf, value: T, event: Tensor): T => (activeRecorder(tf)?.notBefore(value, event) as T | undefined) ?? value.clone();

/**
 * Changes variables by `plainly`, in tfjs operations. Where the step is being captured, the graph gets `operation`
 * instead, one node that changes them where they lie; it must mean the same.
 */
export function updateInPlace(tf: Tf, operation: InPlaceOperation, plainly: () => void): void {
  const recorder = activeRecorder(tf);
  if (recorder) recorder.inPlace(operation, plainly);
  else plainly();
}
