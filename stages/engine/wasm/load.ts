/** tfjs on its WebAssembly backend, from giverny's own dependencies: slow, but runs everywhere. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { ok, type Result } from '../../../pipeline/failure.ts';
import { engineFailed } from '../failures.ts';
import type { Tf } from '../tf.ts';
import { registerTrainingKernels } from './kernels.ts';
import { threadedBackend } from './threaded-backend.ts';

/**
 * Loads tfjs-core, -layers and -backend-wasm, and adds the kernels that training needs. Once a process: a second call gives
 * what the first has loaded, with its threads. On any number of threads (at most 8) the bits are the same; while one of them
 * works alone the others spin, so that a busy machine gains nothing by them. Fails with `engine-load-failed`.
 */
export async function loadWasm(threads = 1): Promise<Result<Tf>> {
  // require, not import: the three CommonJS packages then share one tfjs-core, in the bundle as from source.
  const require = createRequire(import.meta.url);
  const core = require('@tensorflow/tfjs-core') as Tf;
  const layers = require('@tensorflow/tfjs-layers') as Tf;
  const wasm = require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  const tf: Tf = { ...core, ...layers };
  // Our kernels tell that the backend was loaded before.
  const first = !tf.getKernel('Conv2DBackpropFilter', 'wasm');
  if (first && threads > 1) {
    const backend = await threadedBackend(require, wasm, threads).catch((reason: unknown) => reason as Error);
    if (backend instanceof Error) {
      return engineFailed('engine-load-failed', `the WebAssembly backend of tfjs did not start with ${threads} threads: ${backend.message}`, { hint: 'Set engine.threads to 1.' });
    }
    useThreads(tf, backend);
  }
  if (!(await tf.setBackend('wasm'))) {
    return engineFailed('engine-load-failed', 'the WebAssembly backend of tfjs did not start', {
      hint: 'Install giverny again: npm install -g giverny',
    });
  }
  if (first) registerTrainingKernels(tf);
  return ok(tf);
}

/** Registers the backend in the place of tfjs's own. */
function useThreads(tf: Tf, backend: BackendWasm): void {
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', () => backend);
}
