/**
 * The training step captured beside the eager one, each in a process of its own with the threads that suit it:
 * `node --import tsx bench/captured-step.ts [steps]`. Medians of the wall clock and of the process's CPU time, what
 * capturing takes, and the most memory the process ever had.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { loadEngine, selectEngine } from '../stages/engine/index.ts';
import type { Scalar, Tensor, Tensor4D, Tf } from '../stages/engine/tf.ts';
import { createNetworks } from '../stages/model/networks.ts';
import { resolveModel, type ModelParams } from '../stages/model/schema.ts';
import { capturedExecution, eagerExecution } from '../stages/train/step/execution.ts';
import type { TrainerSettings } from '../stages/train/step/settings.ts';
import { createTrainer } from '../stages/train/step/cyclegan.ts';
import type { Trainer } from '../stages/train/step/trainer.ts';

interface Task {
  readonly size: number;
  readonly model: ModelParams;
  readonly settings: TrainerSettings;
}

const adam = { beta1: 0.5, beta2: 0.999, epsilon: 1e-7 };

const tasks: Readonly<Record<string, Task>> = {
  'quickstart, 64 px': {
    size: 64,
    model: {
      generator: { filters: 16, residual_blocks: 3, norm: 'channel', residual_norm: 'channel', padding: 'reflect', use_bias: false },
      discriminator: { filters: 16, strides: [2, 2, 2, 1], norm: 'channel', use_bias: false, output: 'linear' }, init_type: 'normal',
    },
    settings: {
      loss: { weights: { adversarial: [1, 1], cycle: [10, 10], identity: [5, 5] }, gan: 'mse', discriminator_weight: 0.5 },
      optimizer: { ...adam, shared_counter: false }, update_order: 'generators_first', discriminator_updates: 'joint',
    },
  },
  'chapter, 128 px': {
    size: 128,
    model: {},
    settings: {
      loss: { weights: { adversarial: [1, 1], cycle: [10, 10], identity: [1, 1] }, gan: 'mse', discriminator_weight: 1 },
      optimizer: { ...adam, shared_counter: true }, update_order: 'discriminators_first', discriminator_updates: 'separate',
    },
  },
};

/** Threads within an operation and between operations: TF_NUM_INTRAOP_THREADS and TF_NUM_INTEROP_THREADS. */
const cores = availableParallelism();
const modes = { eager: { within: cores, between: 1 }, captured: { within: 1, between: cores } } as const;
type Mode = keyof typeof modes;

interface Measured {
  readonly wall: number;
  readonly cpu: number;
  /** Milliseconds of the first step: in it, capturing happens. */
  readonly first: number;
  /** MiB. */
  readonly peak: number;
}

async function measure({ size, model, settings }: Task, mode: Mode, steps: number): Promise<Measured> {
  const tf = await engine();
  const networks = createNetworks(tf, resolveModel(model), [size, size, 3], 1);
  if (!networks.ok) throw new Error(networks.failure.message);
  const scratch = mkdtempSync(join(tmpdir(), 'captured-step-'));
  const refused = (reason: string): never => { throw new Error(reason); };
  const execution = (trainer: Trainer) => (mode === 'captured' ? capturedExecution(tf, trainer, { scratch, refused }) : eagerExecution(trainer));
  const run = execution(createTrainer(tf, networks.value, settings));
  const times = Array.from({ length: steps + 1 }, (_, iteration) => timed(() => step(tf, run.step.bind(run), size, iteration)));
  rmSync(scratch, { recursive: true });
  const [first, ...rest] = times;
  return { wall: median(rest.map(({ wall }) => wall)), cpu: median(rest.map(({ cpu }) => cpu)), first: first!.wall, peak: process.resourceUsage().maxRSS / 1024 };
}

async function engine(): Promise<Tf> {
  const selected = await selectEngine({ backend: 'tensorflow', device: 'cpu' }, {
    provision: false, offline: true, stop: new AbortController().signal, progress: () => undefined, say: () => undefined,
  });
  if (!selected.ok) throw new Error(selected.failure.message);
  const loaded = await loadEngine(selected.value);
  if (!loaded.ok) throw new Error(loaded.failure.message);
  return loaded.value.tf;
}

function step(tf: Tf, run: Trainer['step'], size: number, iteration: number): void {
  const image = (key: number) => tf.randomUniform([1, size, size, 3], -1, 1, 'float32', 2 * iteration + key) as Tensor4D;
  const [realA, realB, rate] = [image(1), image(2), tf.scalar(2e-4) as Scalar];
  const output = run({ realA, realB }, rate);
  for (const loss of Object.values(output.losses)) loss.dataSync();
  tf.dispose([realA, realB, rate, output] as unknown as Tensor[]);
}

function timed(work: () => void): { readonly wall: number; readonly cpu: number } {
  const [start, used] = [performance.now(), process.cpuUsage()];
  work();
  const { user, system } = process.cpuUsage(used);
  return { wall: performance.now() - start, cpu: (user + system) / 1000 };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

function inProcess(task: string, mode: Mode, steps: number): Measured {
  const { within, between } = modes[mode];
  const env = { ...process.env, TF_NUM_INTRAOP_THREADS: String(within), TF_NUM_INTEROP_THREADS: String(between), TF_CPP_MIN_LOG_LEVEL: '3' };
  const child = spawnSync(process.execPath, ['--import', 'tsx', fileURLToPath(import.meta.url), task, mode, String(steps)], { env, encoding: 'utf8' });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout) as Measured;
}

const [task, mode, steps] = process.argv.slice(2);
if (mode !== undefined) {
  console.log(JSON.stringify(await measure(tasks[task!]!, mode as Mode, Number(steps))));
} else {
  console.log(`${'task'.padEnd(22)}${'mode'.padEnd(12)}${['ms a step', 'CPU ms', 'first ms', 'peak MiB'].map((title) => title.padStart(11)).join('')}`);
  for (const name of Object.keys(tasks)) {
    for (const mode of Object.keys(modes) as Mode[]) {
      const { wall, cpu, first, peak } = inProcess(name, mode, Number(task ?? 15));
      console.log(`${name.padEnd(22)}${mode.padEnd(12)}${[wall, cpu, first, peak].map((value) => value.toFixed(0).padStart(11)).join('')}`);
    }
  }
}
