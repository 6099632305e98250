/**
 * tfjs's own WebAssembly binary with threads, in Node. tfjs refuses threads there (tfjs issue 3830) because its loader
 * hands Node's workers a blob URL, which they do not take; the binary and its glue are Emscripten's and know Node. So the
 * published files are loaded here by Emscripten's own hooks. Threads divide the outputs of a convolution or a matrix
 * product among them, never a sum: the bits do not depend on their number.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { threadLimit } from './thread-limit.ts';

type TfjsWasm = typeof import('@tensorflow/tfjs-backend-wasm');
type Worker = import('node:worker_threads').Worker;

/** What is used of the module that Emscripten makes. */
interface WasmModule {
  cwrap(name: string, returns: 'number' | null, takes: readonly 'number'[]): (...args: number[]) => unknown;
  readonly PThread: { unusedWorkers: Worker[]; readonly runningWorkers: readonly Worker[] };
  tfjs?: Readonly<Record<string, unknown>>;
}

type Imports = Readonly<Record<string, object>>;

/** Node's WebAssembly, of which its types know nothing. */
const { WebAssembly: webAssembly } = globalThis as unknown as {
  readonly WebAssembly: { instantiate(binary: Uint8Array, imports: Imports): Promise<{ readonly instance: object; readonly module: object }> };
};

type WasmFactory = (settings: Readonly<Record<string, unknown>>) => Promise<WasmModule>;

const files = '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd';

/** A backend whose convolutions and matrix products run on `threads` threads, this one among them; at most 8. */
export async function threadedBackend(require: NodeJS.Require, tfjs: TfjsWasm, threads: number): Promise<BackendWasm> {
  const script = require.resolve(`${files}.js`);
  const factory = require(script) as WasmFactory;
  const worker = workerModule((require(`${files}.worker.js`) as { wasmWorkerContents: string }).wasmWorkerContents, script);
  const listeners = new Map(exceptionEvents.map((event) => [event, process.listeners(event as 'uncaughtException')]));
  const module = await started((failed) => factory({
    locateFile: () => worker,
    mainScriptUrlOrBlob: script,
    instantiateWasm: (imports: Imports, made: (instance: object, module: object) => void) => {
      // The binary takes a thread for every two cores it is told of.
      const env = { ...imports['env'], emscripten_num_logical_cores: () => 2 * threads };
      const binary = readFileSync(require.resolve(`${files}.wasm`));
      webAssembly.instantiate(binary, { ...imports, env }).then(({ instance, module }) => made(instance, module), failed);
      return {};
    },
  }));
  removeNewListeners(listeners);
  module.tfjs = backendCalls(module);
  tfjs.setThreadsCount(Math.min(threads, threadLimit));
  const backend = new tfjs.BackendWasm(module as never);
  releaseWorkers(module);
  return backend;
}

/** What `start` gives, or what it is told has failed. */
function started(start: (failed: (reason: unknown) => void) => Promise<WasmModule>): Promise<WasmModule> {
  return new Promise((resolve, reject) => {
    start(reject).then(resolve, reject);
  });
}

/** The worker's script as a module that needs no file: it is CommonJS in a string, its line breaks written out. */
function workerModule(contents: string, script: string): URL {
  const require = `import { createRequire } from 'node:module'; const require = createRequire(${JSON.stringify(pathToFileURL(script).href)});`;
  return new URL(`data:text/javascript,${encodeURIComponent(`${require} const __filename = ${JSON.stringify(script)};${contents.replaceAll('\n', '\\n')}`)}`);
}

/** As tfjs's loader names them. */
function backendCalls(module: WasmModule): Readonly<Record<string, unknown>> {
  const call = (name: string, takes: number, returns: 'number' | null = null) => module.cwrap(name, returns, Array<'number'>(takes).fill('number'));
  return {
    init: call('init', 0), initWithThreadsCount: call('init_with_threads_count', 1), getThreadsCount: call('get_threads_count', 0, 'number'),
    registerTensor: call('register_tensor', 3), disposeData: call('dispose_data', 1), dispose: call('dispose', 0),
  };
}

const exceptionEvents = ['uncaughtException', 'unhandledRejection'] as const;

/** Emscripten's rethrow what they are told, over the process's own. */
function removeNewListeners(before: ReadonlyMap<string, readonly unknown[]>): void {
  for (const event of exceptionEvents) {
    for (const listener of process.listeners(event as 'uncaughtException')) {
      if (!before.get(event)!.includes(listener)) process.removeListener(event, listener);
    }
  }
}

/** Ends the workers that got no thread, and lets the process end while the others wait. */
function releaseWorkers({ PThread }: WasmModule): void {
  for (const worker of PThread.unusedWorkers) void worker.terminate();
  PThread.unusedWorkers = [];
  for (const worker of PThread.runningWorkers) worker.unref();
}
