/** Loads the engine that the planner chose. The only way to a `tf` object. */
import { ok, type Result } from '../../pipeline/failure.ts';
import type { EngineSelection } from '../../pipeline/stage.ts';
import type { EngineUse, Tf } from './tf.ts';

export { engineFailures } from './failures.ts';
export { selectEngine } from './select.ts';

export interface Engine {
  readonly tf: Tf;
}

/**
 * Loads tfjs on the selected backend. Once a process: TensorFlow reads its thread and memory settings as it is loaded.
 * Fails with `engine-not-installed`, `engine-damaged` or `engine-load-failed`; it never falls back to another backend.
 */
export async function loadEngine(selection: EngineSelection, use: EngineUse = 'inference'): Promise<Result<Engine>> {
  const loaded = await loadBackend(selection, use);
  return loaded.ok ? ok({ tf: loaded.value }) : loaded;
}

/**
 * Where results are kept: threads are in no key, and within an operation they would decide last bits (of sums, of a
 * normalization over one image). On a GPU they do not: there they are set as for single operations.
 */
export const engineUse = ({ device }: EngineSelection): EngineUse => (device === 'cpu' ? 'training' : 'inference');

async function loadBackend(selection: EngineSelection, use: EngineUse): Promise<Result<Tf>> {
  if (selection.backend === 'wasm') {
    const { loadWasm } = await import('./wasm/load.ts');
    return loadWasm(selection.threads);
  }
  const { loadTensorFlow } = await import('./tensorflow/load.ts');
  return loadTensorFlow(selection, use);
}
