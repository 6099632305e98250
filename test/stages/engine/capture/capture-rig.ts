/** What the tests of capture share: an engine with operations in parallel, each on one thread, and short ways to capture. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { capture, type CaptureFailure, type CaptureRequest, type CompiledStep } from '../../../../stages/engine/capture/index.ts';
import type { Tensor, Tf, Variable } from '../../../../stages/engine/tf.ts';
import { testEngine } from '../../../helpers/test-engine.ts';
import { assign } from './random-step.ts';

export type Test = ReturnType<typeof suite>;
export type Values = Readonly<Record<string, readonly number[]>>;

export interface CaptureRig {
  readonly tf: Tf;
  readonly scratch: string;
  compile<I extends string, O extends string>(request: Omit<CaptureRequest<I, O>, 'scratch'>): CompiledStep<O>;
  /** Why a step of one tensor is not captured. */
  refusal(step: (x: Tensor) => Tensor, variables?: ReadonlyMap<string, Variable>): CaptureFailure;
  counter(): Variable;
  add(variable: Variable, value: Tensor): void;
}

/** Adds tests to a suite where TensorFlow is installed. Threads within operations decide rounding, so there is one. */
export async function withCapture(test: Test, add: (test: Test, rig: CaptureRig) => void): Promise<void> {
  process.env['TF_NUM_INTEROP_THREADS'] = '3';
  process.env['TF_NUM_INTRAOP_THREADS'] = '1';
  const tf = await testEngine('tensorflow');
  if (!tf) return;
  const scratch = mkdtempSync(join(tmpdir(), 'capture-'));
  add(test, captureRig(tf, scratch));
  test.after(() => rmSync(scratch, { recursive: true }));
}

function captureRig(tf: Tf, scratch: string): CaptureRig {
  return {
    tf, scratch,
    compile(request) {
      const captured = capture(tf, { ...request, scratch });
      if (!captured.ok) throw new Error(captured.failure.message);
      return captured.value;
    },
    refusal(step, variables = new Map()) {
      const x = tf.tensor([3, 1, 2]);
      const captured = capture(tf, { variables, inputs: { x }, step: ({ x }) => ({ y: tf.tidy(() => step(x)) }), scratch });
      x.dispose();
      if (captured.ok) throw new Error('it was captured');
      return captured.failure;
    },
    counter: () => tf.tidy(() => tf.variable(tf.scalar(0))),
    add: (variable, value) => tf.tidy(() => assign(variable, tf.add(variable, value))),
  };
}

/** TensorFlow may sum up in another order in a graph. */
export function assertNear(actual: Values, expected: Values, what: string): void {
  assert.equal(Object.keys(actual), Object.keys(expected));
  for (const [name, values] of Object.entries(expected)) {
    const worst = Math.max(...values.map((value, index) => Math.abs(value - actual[name]![index]!) / Math.max(1, Math.abs(value))));
    assert.ok(worst <= 1e-5, `${what}, ${name}: ${worst}`);
  }
}

/** The values of tensors, which are disposed. */
export function read(tensors: Readonly<Record<string, Tensor>>): Values {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => {
    const values = [...tensor.dataSync()];
    tensor.dispose();
    return [name, values];
  }));
}

export const snapshot = (variables: ReadonlyMap<string, Variable>): Values => Object.fromEntries([...variables].map(([name, variable]) => [name, [...variable.dataSync()]]));

export const nativeTensors = (tf: Tf): number => (tf.backend() as unknown as { readonly binding: { getNumOfTensors(): number } }).binding.getNumOfTensors();
