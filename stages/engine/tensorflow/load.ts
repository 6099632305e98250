/** tfjs on TensorFlow: loads an installed engine into this process. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ok, type Result } from '../../../pipeline/failure.ts';
import type { EngineSelection } from '../../../pipeline/stage.ts';
import { engineFailed } from '../failures.ts';
import type { EngineUse, Tf } from '../tf.ts';
import { bindingPackage, readInstallation } from './installation.ts';
import { restoreRemovedUtil } from './node-compatibility.ts';
import { recipeFor } from './recipe.ts';
import { tensorFlowThreads } from './threads.ts';

const mend = 'Run `giverny engine install`; `giverny doctor` tells more.';

/**
 * Loads the installation that fits the selection's device. Threads and devices are decided here, once a process.
 * Fails with `engine-unsupported-platform`, `engine-not-installed`, `engine-damaged` or `engine-load-failed`.
 */
export async function loadTensorFlow(selection: EngineSelection, use: EngineUse = 'inference'): Promise<Result<Tf>> {
  const variant = selection.device === 'cpu' ? 'cpu' : 'cuda';
  const recipe = recipeFor(process.platform, process.arch, variant);
  if (!recipe) return engineFailed('engine-unsupported-platform', `giverny knows no TensorFlow for ${process.platform}-${process.arch} on ${selection.device}`, { hint: 'Use engine: wasm.' });
  const installation = readInstallation(recipe);
  if (installation.state === 'missing') return engineFailed('engine-not-installed', 'TensorFlow is not installed', { where: { file: installation.folder }, hint: mend });
  if (installation.state === 'damaged') return engineFailed('engine-damaged', `the installed TensorFlow is damaged: ${installation.reason}`, { where: { file: installation.folder }, hint: mend });
  setEnvironment(selection, use);
  try {
    const tf = requireQuietly(join(installation.folder, bindingPackage));
    // TensorFlow goes on without a GPU that it cannot use; the results would pass for the GPU's.
    if (variant === 'cuda' && !usesGpu(tf)) return withoutGpu(selection);
    return ok(tf);
  } catch (error) {
    return engineFailed('engine-load-failed', `the system refuses to load TensorFlow: ${firstLine(error)}`, { where: { file: installation.folder }, hint: mend });
  }
}

const usesGpu = (tf: Tf): boolean => (tf.backend() as unknown as { readonly isUsingGpuDevice: boolean }).isUsingGpuDevice;

function withoutGpu({ device }: EngineSelection) {
  const visible = process.env['CUDA_VISIBLE_DEVICES'];
  return engineFailed('engine-load-failed', `TensorFlow runs but does not see ${device}`, {
    hint: `Look at nvidia-smi and CUDA_VISIBLE_DEVICES (${visible === undefined ? 'not set' : JSON.stringify(visible)}), or set engine.device: cpu.`,
  });
}

/** Of the devices that the user lets us see (all, if they say nothing), the one with the selection's number; -1 is none. */
export function visibleDevice(device: EngineSelection['device'], inherited: string | undefined): string {
  if (device === 'cpu') return '-1';
  const number = device.slice('gpu:'.length);
  return inherited === undefined ? number : inherited.split(',')[Number(number)]?.trim() || '-1';
}

/** What TensorFlow reads from the environment as it is loaded. */
function setEnvironment(selection: EngineSelection, use: EngineUse): void {
  const { within, between } = tensorFlowThreads(selection, use);
  process.env['TF_NUM_INTRAOP_THREADS'] = String(within);
  process.env['TF_NUM_INTEROP_THREADS'] = String(between);
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  process.env['CUDA_VISIBLE_DEVICES'] = visibleDevice(selection.device, process.env['CUDA_VISIBLE_DEVICES']);
}

/** Requires the package without its deprecation warnings, and without letting its node-pre-gyp read our command line. */
function requireQuietly(folder: string): Tf {
  const { argv, noDeprecation } = process;
  restoreRemovedUtil();
  process.argv = argv.slice(0, 2);
  process.noDeprecation = true;
  try {
    return createRequire(import.meta.url)(folder) as Tf;
  } finally {
    process.argv = argv;
    process.noDeprecation = noDeprecation ?? false;
  }
}

const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
