/** The engines for tests of networks. One engine a process, as tfjs keeps its engine in one global. */
import { loadEngine, selectEngine } from '../../../stages/engine/index.ts';
import type { Tf } from '../../../stages/engine/tf.ts';

/** The engine, or nothing where TensorFlow is not installed; then it prints why the tests are skipped. */
export async function testEngine(backend: 'tensorflow' | 'wasm'): Promise<Tf | undefined> {
  const selected = await selectEngine({ backend, device: 'cpu' }, {
    provision: false, offline: true, stop: new AbortController().signal, progress: () => undefined, say: () => undefined,
  });
  const loaded = selected.ok ? await loadEngine(selected.value) : selected;
  if (loaded.ok) return loaded.value.tf;
  console.log(`skipped on ${backend}: ${loaded.failure.message}`);
  return undefined;
}
