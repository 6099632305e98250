/** `giverny doctor --bench`: times steps of training on this machine, and says what to set. */
import type { EngineRequest, EngineSelectionHelp } from '../catalog.ts';
import { loadConfig } from '../config/load.ts';
import { listenForStop } from '../execute/stop-signals.ts';
import { ok, type Failure, type Result } from '../failure.ts';
import type { EngineSelection } from '../stage.ts';
import { adviceOn } from './doctor-advice.ts';
import type { CommandIo } from './command.ts';
import { busyProcessors, chapter, measure, quickstart, threadCounts, type Measurement, type Precision, type Setup, type Training } from './doctor-measurements.ts';
import { stepText, tableOf, titleOf } from './doctor-words.ts';
import { shippedConfig } from './find-config.ts';
import { printFailure } from './print-failure.ts';

export interface BenchOptions {
  readonly json: boolean;
  /** How many threads training takes where nothing is said. */
  readonly defaultThreads: number;
  /** The processors that this process may use. */
  readonly processors: number;
  /** Whether a GPU would be preferred. */
  readonly gpu: boolean;
  /** Seconds of each measurement (wasm and small networks take half), and after how many no other is begun. */
  readonly seconds?: number;
  readonly budget?: number;
}

/** Exit code 0, or 130 where it was stopped; what was measured until then is told all the same. */
export async function benchCommand(io: CommandIo, options: BenchOptions): Promise<number> {
  const signals = listenForStop({ first: () => undefined, second: () => undefined });
  try {
    const bench = new Bench(io, options, signals.stop);
    const tensorflow = await bench.run();
    const advice = adviceOn(bench.measurements, { ...options, missing: tensorflow.ok ? undefined : tensorflow.failure });
    if (options.json) io.stdout(`${JSON.stringify({ measurements: bench.measurements.map(plain), advice })}\n`);
    else io.stdout(`\n${tableOf(bench.measurements)}\n${advice.map(({ subject, text }) => `${subject}: ${text}\n`).join('')}`);
    const stopped = signals.failure();
    return stopped === undefined ? 0 : printFailure({ ...stopped, message: 'stopped before all was measured' }, io);
  } finally {
    signals.dispose();
  }
}

const plain = ({ training, engine, precision, times }: Measurement) => ({ config: training.config, size: training.size, ...engine, precision, ...times });

class Bench {
  readonly measurements: Measurement[] = [];
  readonly #io: CommandIo;
  readonly #options: BenchOptions;
  readonly #stop: AbortSignal;
  readonly #end: number;

  constructor(io: CommandIo, options: BenchOptions, stop: AbortSignal) {
    this.#io = io;
    this.#options = options;
    this.#stop = stop;
    this.#end = performance.now() + 1000 * (options.budget ?? 80);
  }

  /** The failure says why there is no TensorFlow; wasm is measured in any case. */
  async run(): Promise<Result<void>> {
    const busy = await busyProcessors();
    if (busy > 0.3) this.#say(`other programs keep ${busy.toFixed(1)} processors busy: what follows is slower than it could be\n`);
    if (this.#options.gpu) await this.#onGpu();
    const tensorflow = await this.#select({ backend: 'tensorflow', device: 'cpu' });
    if (tensorflow.ok) await this.#onProcessors(quickstart, tensorflow.value);
    const wasm = await this.#select({ backend: 'wasm' });
    if (wasm.ok) await this.#time({ training: quickstart, engine: wasm.value, precision: 'float32' });
    if (tensorflow.ok) await this.#onProcessors(chapter, tensorflow.value);
    return tensorflow.ok ? ok(undefined) : tensorflow;
  }

  async #onGpu(): Promise<void> {
    const gpu = await this.#select({ backend: 'tensorflow', device: 'gpu:0' });
    if (gpu.ok) for (const training of [chapter, quickstart]) await this.#time({ training, engine: gpu.value, precision: 'float32' });
  }

  /** With all processors and with fewer, until that slows it down; then the fastest in the other precision. */
  async #onProcessors(training: Training, engine: EngineSelection): Promise<void> {
    let best: Measurement | undefined;
    for (const threads of threadCounts(this.#options.processors)) {
      const measured = await this.#time({ training, engine: { ...engine, threads }, precision: 'float32' });
      if (measured === undefined || (best !== undefined && measured.times.step > 1.1 * best.times.step)) break;
      if (best === undefined || measured.times.step < best.times.step) best = measured;
    }
    if (best !== undefined && this.#hasPrecisions()) await this.#time({ ...best, precision: 'bfloat16' });
  }

  /** Undefined where it failed, which is said, or where there is no time left. */
  async #time(setup: Setup): Promise<Measurement | undefined> {
    if (this.#stop.aborted || performance.now() > this.#end) return undefined;
    const params = await this.#paramsOf(setup.training, setup.precision);
    if (!params.ok) return this.#refuse(setup, params.failure);
    this.#say(`${titleOf(setup)} … `);
    const { seconds = 4 } = this.#options;
    const times = await measure(setup, { entry: this.#io.stageProcess, stop: this.#stop, params: params.value, seconds: setup.training === chapter ? seconds : seconds / 2 });
    if (!times.ok) return this.#refuse(setup, times.failure);
    this.#say(`${stepText(times.value.step)}\n`);
    const measurement = { ...setup, times: times.value };
    this.measurements.push(measurement);
    return measurement;
  }

  #refuse(_setup: Setup, { code, message }: Failure): undefined {
    this.#say(code === 'interrupted' ? 'stopped\n' : `cannot be measured: ${message}\n`);
  }

  /** As the config that giverny brings says, whatever the user's own folder holds. */
  async #paramsOf({ config }: Training, precision: Precision): Promise<Result<unknown>> {
    const overrides = precision === 'float32' ? [] : [`stages.train.precision=${precision}`];
    const loaded = await loadConfig(shippedConfig(config)!, overrides, this.#io.catalog, this.#io.cwd);
    return loaded.ok ? ok(loaded.value.stages.find(({ definition }) => definition.uses === 'train')!.prepared.params) : loaded;
  }

  #hasPrecisions(): boolean {
    const properties = this.#io.catalog.stages.get('train')?.schema['properties'] as object | undefined;
    return properties !== undefined && 'precision' in properties;
  }

  #select(request: EngineRequest): Promise<Result<EngineSelection>> {
    const help: EngineSelectionHelp = { provision: false, offline: true, stop: this.#stop, progress: () => undefined, say: () => undefined };
    return this.#io.catalog.selectEngine(request, help);
  }

  #say(text: string): void {
    this.#io.stderr(text);
  }
}
