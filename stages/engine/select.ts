/** Chooses the engine of a run: what the config asks for, or the best that this machine has or can get. Loads no tfjs. */
import { existsSync } from 'node:fs';
import type { EngineRequest, EngineSelectionHelp } from '../../pipeline/catalog.ts';
import { ok, type Failure, type Result } from '../../pipeline/failure.ts';
import type { EngineSelection } from '../../pipeline/stage.ts';
import { engineFailed } from './failures.ts';
import { readInstallation } from './tensorflow/installation.ts';
import { downloadBytes, recipeFor, type Recipe, type Variant } from './tensorflow/recipe.ts';
import { threadLimit } from './wasm/thread-limit.ts';

/** Of tfjs's packages, as package.json names it: known without loading them. */
const wasmVersion = '4.22.0';

type Device = EngineSelection['device'];

/**
 * `wasm` is always there. `tensorflow` fails where it is not installed and cannot be, and so does `auto` on a GPU asked for
 * by name; else `auto` takes TensorFlow where it is installed or (help.provision) can be, or wasm, saying why and what it costs. Codes: see engineFailures.
 */
export async function selectEngine(request: EngineRequest, help: EngineSelectionHelp): Promise<Result<EngineSelection>> {
  const threads = request.threads === undefined ? {} : { threads: request.threads };
  if (request.backend === 'wasm') return ok(onWasm(request, help));
  const found = await firstThatWorks(devicesFor(request), help);
  if (found.ok) {
    const { device, recipe } = found.value;
    // Only on the CPU are captured steps known to give the bits of eager ones.
    return ok({ backend: 'tensorflow', version: recipe.tensorflow, device, ...threads, capture: request.capture !== 'off' && device === 'cpu' });
  }
  // Neither goes where the user named a GPU: what trains for hours on something else is not what was asked for.
  if (request.backend === 'tensorflow' || found.failure.exit !== 1 || (request.device ?? 'cpu') !== 'cpu') return found;
  help.say(`engine: wasm, about ten times slower for training, because ${found.failure.message}`);
  return ok(onWasm(request, help));
}

function onWasm({ threads }: EngineRequest, { say }: EngineSelectionHelp): EngineSelection {
  const most = threads === undefined ? {} : { threads: Math.min(threads, threadLimit) };
  if (threads !== undefined && threads > threadLimit) say(`engine.threads ${threads}: wasm takes ${threadLimit}, which is the most that it can`);
  return { backend: 'wasm', version: wasmVersion, device: 'cpu', ...most };
}

/** The devices to try, best first. A GPU that was asked for by name is the only one. */
function devicesFor(request: EngineRequest): readonly Device[] {
  if (request.device) return [request.device];
  return hasGpu() && recipeFor(process.platform, process.arch, 'cuda') ? ['gpu:0', 'cpu'] : ['cpu'];
}

/** True where NVIDIA's driver shows a device (on Windows' Linux: its driver's folder). */
export function hasGpu(): boolean {
  return existsSync('/dev/nvidia0') || existsSync('/usr/lib/wsl/lib/libcuda.so.1');
}

/** What a device needs installed. */
export const variantFor = (device: Device): Variant => (device === 'cpu' ? 'cpu' : 'cuda');

interface Found {
  readonly device: Device;
  readonly recipe: Recipe;
}

async function firstThatWorks(devices: readonly Device[], help: EngineSelectionHelp): Promise<Result<Found>> {
  let last: Failure | undefined;
  for (const device of devices) {
    const recipe = supportedRecipe(device);
    const usable = recipe.ok ? await makeUsable(recipe.value, help) : recipe;
    if (usable.ok && recipe.ok) return ok({ device, recipe: recipe.value });
    last = (usable as { failure: Failure }).failure;
    if (last.exit !== 1) break;
    if (device !== devices.at(-1)) help.say(`the GPU cannot be used (${last.message}); taking the CPU, engine.device: cpu`);
  }
  return { ok: false, failure: last! };
}

/** The recipe for a device on this machine, or `engine-unsupported-platform`. */
export function supportedRecipe(device: Device): Result<Recipe> {
  const recipe = isMusl() ? undefined : recipeFor(process.platform, process.arch, variantFor(device));
  if (recipe) return ok(recipe);
  const where = `${process.platform}-${process.arch}${isMusl() ? ' with musl' : ''}`;
  return engineFailed('engine-unsupported-platform', `there is no TensorFlow for ${where} on ${device === 'cpu' ? 'the CPU' : 'a GPU'}`, {
    expected: 'Linux (glibc) on x64 or arm64, or macOS on arm64',
    hint: process.platform === 'win32' ? 'Run giverny in WSL for TensorFlow, or take engine: wasm.' : 'Take engine: wasm.',
  });
}

// TensorFlow's wheels are built for glibc; Alpine and others have musl.
const isMusl = (): boolean => process.platform === 'linux' && existsSync(`/lib/ld-musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`);

async function makeUsable(recipe: Recipe, help: EngineSelectionHelp): Promise<Result<unknown>> {
  const installation = readInstallation(recipe);
  if (installation.state === 'installed') return ok(undefined);
  if (help.provision) {
    const { installTensorFlow } = await import('./tensorflow/install/install.ts');
    return installTensorFlow(recipe, help);
  }
  if (help.offline) return engineFailed('engine-not-installed', 'TensorFlow is not installed, and --offline was given', { hint: 'Run `giverny engine install` with a network.' });
  help.say(`TensorFlow ${recipe.tensorflow} is not installed yet: a run would download it (${(downloadBytes(recipe) / 1e9).toFixed(1)} GB)`);
  return ok(undefined);
}
