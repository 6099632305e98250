/** What `giverny doctor` and `giverny engine` say of the engines on this machine. */
import { existsSync, rmSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { ok, type Result } from '../../pipeline/failure.ts';
import type { EngineSelection } from '../../pipeline/stage.ts';
import { hasGpu, supportedRecipe } from './select.ts';
import { installTensorFlow, workshopFolder } from './tensorflow/install/install.ts';
import { findCompiler } from './tensorflow/install/compile.ts';
import type { InstallHelp } from './tensorflow/install/help.ts';
import { engineFolderFailure, runTool } from './tensorflow/install/tool.ts';
import { findPip } from './tensorflow/install/wheels.ts';
import { bytesBelow, namesIn } from './tensorflow/install/watch.ts';
import { readInstallation, type InstallationState } from './tensorflow/installation.ts';
import { engineFolder } from './tensorflow/location.ts';
import { probeTensorFlow } from './tensorflow/probe.ts';

export { isWritable, nearestFolder } from './tensorflow/install/folder.ts';
export { engineFolder } from './tensorflow/location.ts';
export { describeThreads, tensorFlowThreads } from './tensorflow/threads.ts';
export { usableProcessors } from '../processors.ts';

export type EngineDevice = EngineSelection['device'];

/** The state of the installation that a device needs, and whether an unfinished one can be continued. */
export type EngineState = InstallationState & { readonly unfinished: boolean };

/** The device that `auto` would try first. */
export const preferredDevice = (): EngineDevice => (hasGpu() && supportedRecipe('gpu:0').ok ? 'gpu:0' : 'cpu');

/** Fails with `engine-unsupported-platform`. */
export function engineState(device: EngineDevice): Result<EngineState> {
  const recipe = supportedRecipe(device);
  if (!recipe.ok) return recipe;
  const unfinished = existsSync(workshopFolder(recipe.value));
  return ok({ ...readInstallation(recipe.value), unfinished });
}

/** Installs what a device needs, unless it is there; returns the folder. */
export async function installEngine(device: EngineDevice, help: InstallHelp): Promise<Result<string>> {
  const recipe = supportedRecipe(device);
  return recipe.ok ? installTensorFlow(recipe.value, help) : recipe;
}

/**
 * Removes every installed engine, finished or not, and nothing else that lies in their folder; returns the bytes that were freed.
 * Fails with `engine-folder-unwritable`.
 */
export function removeEngines(): Result<number> {
  const folder = engineFolder();
  const engines = namesIn(folder).filter((name) => name.startsWith('tensorflow-')).map((name) => join(folder, name));
  const bytes = engines.reduce((sum, engine) => sum + bytesBelow(engine), 0);
  try {
    for (const engine of engines) rmSync(engine, { recursive: true, force: true });
  } catch (error) {
    return engineFolderFailure(error);
  }
  removeEmpty(folder);
  return ok(bytes);
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It holds something else, or is not ours to remove.
  }
}

/** Loads an installed TensorFlow in a child process and computes with it. Fails with `engine-load-failed`. */
export const tryTensorFlow = probeTensorFlow;

/** Loads the wasm backend here and computes with it. Fails with `engine-load-failed`. */
export async function tryWasm(): Promise<Result<void>> {
  const { loadWasm } = await import('./wasm/load.ts');
  const loaded = await loadWasm();
  if (!loaded.ok) return loaded;
  const tf = loaded.value;
  tf.tidy(() => tf.matMul([[1, 2], [3, 4]], [[5], [6]]).dataSync());
  return ok(undefined);
}

/** What an installation needs of the machine: the names of what is there, undefined for what is not. */
export async function installationTools(): Promise<{ readonly npm: string | undefined; readonly pip: string | undefined; readonly compiler: string | undefined }> {
  const npm = await runTool({ command: 'npm', args: ['--version'], cwd: process.cwd() }, 'engine-no-npm', 'engine-no-npm');
  const pip = await findPip();
  return { npm: npm.ok ? npm.value.trim() : undefined, pip: pip.ok ? pip.value.join(' ') : undefined, compiler: (await findCompiler())?.name };
}
