/** In what precision training computes its convolutions, and where it can. Never another than it was asked for. */
import { ok } from '../../pipeline/failure.ts';
import type { Result, Where } from '../../pipeline/failure.ts';
import type { EngineSelection, JsonSchema } from '../../pipeline/stage.ts';
import type { Precision } from '../engine/capture/index.ts';
import { multipliesBfloat16 } from '../engine/capture/precision-support.ts';
import { trainFailed } from './failures.ts';

export const precisionSchema: JsonSchema = {
  type: 'string', enum: ['float32', 'bfloat16'], default: 'float32',
  description: 'What the training step computes its convolutions in. bfloat16 (Kalamkar et al. 2019): their factors and results are rounded to 8 bits of precision, float32\'s range stays; weights, the optimizer\'s state, norms, sums and losses are float32, as are all files and everything outside the step. Needs TensorFlow on the CPU with engine.capture: auto. Faster where the processor multiplies bfloat16 itself (avx512_bf16 or amx_bf16 among its flags: Intel from Cooper Lake, AMD from Zen 4), much slower where it does not. The losses of a step differ from float32\'s by up to a few per cent: another training, with checkpoints of its own.',
};

interface Precise {
  readonly precision: Precision;
}

/** Fails with `train-precision-engine`. The eager step, wasm and, so far, GPUs know float32 alone. */
export function checkPrecision({ precision }: Precise, engine: EngineSelection, where: (parameter: string) => Where | undefined = () => undefined): Result<void> {
  if (precision !== 'bfloat16' || engine.capture === true) return ok(undefined);
  const [is, hint] = engine.backend === 'wasm' ? ['the engine is wasm', 'take engine: tensorflow']
    : engine.device === 'cpu' ? ['engine.capture is off', 'set engine.capture to auto']
    : [`the engine is TensorFlow on ${engine.device}, where steps are not captured`, 'set engine.device to cpu'] as const;
  const place = where('precision');
  return trainFailed('train-precision-engine', `precision is bfloat16, but ${is}`, {
    ...(place && { where: place }), expected: 'TensorFlow on the CPU with engine.capture: auto', hint: `${hint}, or set precision to float32`,
  });
}

/** One line where the precision that was chosen to save time costs it. */
export function warnWhereSlow({ precision }: Precise, warn: (line: string) => void, isFast = multipliesBfloat16()): void {
  if (precision === 'bfloat16' && isFast === false) warn('precision bfloat16 is slower than float32 here: this processor does not multiply bfloat16 itself (no avx512_bf16, amx_bf16 or bf16 among its flags)');
}

/** Thrown in the first step, before anything is trained. */
export class StepNotCaptured extends Error {}

/** What is to happen where a step cannot be captured: in float32 it runs eagerly and gives the same bits. */
export function notCaptured({ precision }: Precise, warn: (line: string) => void): (reason: string) => void {
  return (reason) => {
    if (precision === 'bfloat16') throw new StepNotCaptured(reason);
    warn(`training steps run operation by operation, much slower: ${reason}`);
  };
}

/** Fails with `train-precision-refused`. */
export const notCapturedFailure = ({ message }: StepNotCaptured): Result<never> =>
  trainFailed('train-precision-refused', `precision is bfloat16, but the training step cannot be captured: ${message}`, { hint: 'set precision to float32' });
