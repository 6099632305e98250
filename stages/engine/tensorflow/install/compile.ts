/** Step 4: one compiler call makes the binding, a Node-API 8 addon that every Node version loads. */
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ok, type Failure, type Result } from '../../../../pipeline/failure.ts';
import { engineFailed } from '../../failures.ts';
import { bindingFile, bindingPackage } from '../installation.ts';
import type { Recipe } from '../recipe.ts';
import type { Workshop } from './help.ts';
import { runTool } from './tool.ts';
import { dependenciesFolder, unpackWheel, zigPlacement } from './unpack.ts';
import { namesIn } from './watch.ts';
import { downloadWheel } from './wheels.ts';

export interface Compiler {
  /** As it names itself, in one line. */
  readonly name: string;
  readonly command: readonly string[];
}

const label = 'compiling the binding';

/** The first C++ compiler on the PATH that answers. */
export async function findCompiler(stop?: AbortSignal): Promise<Compiler | undefined> {
  for (const command of ['g++', 'clang++', 'c++']) {
    const answer = await runTool({ command, args: ['--version'], cwd: process.cwd(), ...(stop ? { stop } : {}) }, 'engine-no-compiler', 'engine-no-compiler');
    if (answer.ok) return { name: answer.value.split('\n', 1)[0]!, command: [command] };
  }
  return undefined;
}

/** Every argument of the compiler call. `packages` is the folder with node_modules, `output` the file to make. */
export function compileArguments(recipe: Pick<Recipe, 'platform'>, packages: string, output: string, cudaLibraries: readonly string[] = []): string[] {
  const binding = join(packages, bindingPackage);
  const dependencies = dependenciesFolder({ packages });
  const mac = recipe.platform.startsWith('darwin');
  const origin = mac ? '@loader_path' : '$ORIGIN';
  return [
    '-std=c++17', '-O2', '-shared', '-fPIC', '-DNAPI_VERSION=8', '-DNODE_GYP_MODULE_NAME=tfjs_binding',
    ...[join(packages, 'node_modules', 'node-api-headers', 'include'), join(dependencies, 'include'), join(binding, 'binding')].map((folder) => `-I${folder}`),
    join(binding, 'binding', 'tfjs_backend.cc'), join(binding, 'binding', 'tfjs_binding.cc'),
    '-o', output,
    `-L${join(dependencies, 'lib')}`, '-ltensorflow', '-ltensorflow_framework',
    `-Wl,-rpath,${origin}/../../deps/lib`,
    ...(mac ? ['-Wl,-undefined,dynamic_lookup'] : []),
    ...cudaArguments(dependencies, cudaLibraries),
  ];
}

// TensorFlow opens CUDA by name while it runs, and looks for it in its own folder only. Libraries that the binding itself is
// linked with are then already there under these names. DT_RPATH (not RUNPATH) also serves the libraries they need in turn.
function cudaArguments(dependencies: string, libraries: readonly string[]): string[] {
  if (libraries.length === 0) return [];
  const folders = [...new Set(libraries.map((library) => dirname(library)))];
  return [
    '-Wl,--disable-new-dtags', '-Wl,--no-as-needed',
    ...folders.flatMap((folder) => [`-Wl,-rpath,$ORIGIN/../../deps/${folder}`, `-Wl,-rpath-link,${join(dependencies, folder)}`]),
    ...libraries.map((library) => join(dependencies, library)),
  ];
}

/** The CUDA libraries that came with NVIDIA's wheels, relative to `deps`. */
function cudaLibrariesIn(dependencies: string): string[] {
  return namesIn(join(dependencies, 'nvidia')).flatMap((part) =>
    namesIn(join(dependencies, 'nvidia', part, 'lib'))
      .filter((name) => /^lib(cudart|cublas|cublasLt|cudnn|cufft|curand|cusolver|cusparse|nccl|nvJitLink|nvrtc|cupti)\.so\.\d+$/.test(name))
      .map((name) => `nvidia/${part}/lib/${name}`),
  );
}

/**
 * Builds the binding with the machine's compiler, else (or where that one fails) with the ziglang wheel; returns the compiler's name.
 * Fails with `engine-no-compiler` or `engine-compile-failed`.
 */
export async function compileBinding(workshop: Workshop): Promise<Result<string>> {
  const found = await findCompiler(workshop.help.stop);
  const first = found ? await compileWith(found, workshop) : undefined;
  if (first && (first.ok || first.failure.code === 'interrupted')) return first;
  workshop.help.say(found ? `${found.command[0]} could not build the binding; trying the ziglang compiler` : 'no C++ compiler here; downloading one (the ziglang wheel, 101 MB; building takes a minute)');
  const zig = await fetchZig(workshop);
  if (!zig.ok) return first ?? withoutCompiler(zig.failure);
  const compiled = await compileWith(zig.value, workshop);
  // Should it be the compiler that is damaged, the next installation unpacks it anew.
  if (!compiled.ok && compiled.failure.code !== 'interrupted') rmSync(compilerFolder(workshop), { recursive: true, force: true });
  return compiled;
}

function withoutCompiler(reason: Failure): Result<string> {
  if (reason.code === 'interrupted') return { ok: false, failure: reason };
  return engineFailed('engine-no-compiler', `there is no C++ compiler, and none could be downloaded (${reason.message})`, {
    hint: 'Install one (Debian, Ubuntu: sudo apt install g++; macOS: xcode-select --install), then run `giverny engine install`.',
  });
}

const compilerFolder = ({ folder }: Workshop): string => join(folder, 'compiler');

async function fetchZig(workshop: Workshop): Promise<Result<Compiler>> {
  const { compilerWheel } = workshop.recipe;
  const wheel = await downloadWheel(workshop, compilerWheel);
  if (!wheel.ok) return wheel;
  const unpacked = await unpackWheel(wheel.value, compilerFolder(workshop), zigPlacement, workshop);
  if (!unpacked.ok) return unpacked;
  return ok({ name: `ziglang ${compilerWheel.version}`, command: [join(compilerFolder(workshop), 'ziglang', 'zig'), 'c++'] });
}

async function compileWith(compiler: Compiler, workshop: Workshop): Promise<Result<string>> {
  const { help, recipe, packages } = workshop;
  help.progress(label, { done: 0, total: 1, unit: 'files', phase: compiler.command[0]!.split('/').at(-1)! });
  const work = mkdtempSync(join(workshop.folder, 'work-'));
  const output = join(work, 'tfjs_binding.node');
  const [command, ...leading] = compiler.command;
  const args = [...leading, ...compileArguments(recipe, packages, output, cudaLibrariesIn(dependenciesFolder(workshop)))];
  const env = { ...process.env, ZIG_GLOBAL_CACHE_DIR: join(work, 'zig'), ZIG_LOCAL_CACHE_DIR: join(work, 'zig') };
  const ended = await runTool({ command: command!, args, cwd: work, env, stop: help.stop }, 'engine-no-compiler', 'engine-compile-failed');
  if (ended.ok) {
    mkdirSync(dirname(join(packages, bindingFile)), { recursive: true });
    renameSync(output, join(packages, bindingFile));
    help.progress(label, { done: 1, total: 1, unit: 'files' });
  }
  rmSync(work, { recursive: true, force: true });
  return ended.ok ? ok(compiler.name) : ended;
}
