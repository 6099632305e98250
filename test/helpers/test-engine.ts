/** The engines that tests run on: wasm always, TensorFlow where it is installed already. */
import { loadEngine, selectEngine } from '../../stages/engine/index.ts';
import type { Tf } from '../../stages/engine/tf.ts';
import type { EngineSelection } from '../../pipeline/stage.ts';

/** The engine on the CPU, or nothing where it is not installed; then it prints why the tests are skipped. */
export async function testSelection(backend: 'tensorflow' | 'wasm'): Promise<EngineSelection | undefined> {
  const selected = await selectEngine({ backend, device: 'cpu' }, {
    provision: false, offline: true, stop: new AbortController().signal, progress: () => undefined, say: () => undefined,
  });
  if (selected.ok) return selected.value;
  console.log(`skipped on ${backend}: ${selected.failure.message}`);
  return undefined;
}

/** As {@link testSelection}, loaded. One engine a process, as tfjs keeps its engine in one global. */
export async function testEngine(backend: 'tensorflow' | 'wasm'): Promise<Tf | undefined> {
  const selection = await testSelection(backend);
  const loaded = selection && (await loadEngine(selection));
  if (loaded?.ok === false) console.log(`skipped on ${backend}: ${loaded.failure.message}`);
  return loaded?.ok ? loaded.value.tf : undefined;
}
