/** tfjs on its WebAssembly backend, from giverny's own dependencies: slow, but runs everywhere. */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { ok, type Result } from '../../../pipeline/failure.ts';
import { engineFailed } from '../failures.ts';
import type { Tf } from '../tf.ts';
import { registerTrainingKernels } from './kernels.ts';

/** Loads tfjs-core, -layers and -backend-wasm, and adds the kernels that training needs. Fails with `engine-load-failed`. */
export async function loadWasm(): Promise<Result<Tf>> {
  // require, not import: the three CommonJS packages then share one tfjs-core, in the bundle as from source.
  const require = createRequire(import.meta.url);
  const core = require('@tensorflow/tfjs-core') as Tf;
  const layers = require('@tensorflow/tfjs-layers') as Tf;
  const wasm = require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  const tf: Tf = { ...core, ...layers };
  if (!(await tf.setBackend('wasm'))) {
    return engineFailed('engine-load-failed', 'the WebAssembly backend of tfjs did not start', {
      hint: 'Install giverny again: npm install -g giverny',
    });
  }
  // Once a process: a second call finds our kernels there.
  if (!tf.getKernel('Conv2DBackpropFilter', 'wasm')) registerTrainingKernels(tf);
  return ok(tf);
}
