export { capture, type Captured, type CaptureRequest } from './capture.ts';
export type { CompiledStep } from './compiled-step.ts';
export type { CaptureFailure } from './failure.ts';
export type { Precision } from './precision.ts';
export { convolutionPrecision, notBefore, updateInPlace, type InPlaceOperation } from './in-place.ts';
