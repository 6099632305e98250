/** The step of a training, timed on images of noise: what `giverny doctor --bench` runs, each in a process of its own. */
import { ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import type { EngineSelection } from '../../pipeline/stage.ts';
import { engineUse, loadEngine } from '../engine/index.ts';
import type { ImageShape } from '../model/spec.ts';
import { createNetworks } from '../model/networks.ts';
import { randomStream } from '../random.ts';
import type { DomainBatch } from './data/training-data.ts';
import { createState } from './open-session.ts';
import type { TrainParams } from './params.ts';
import { discriminatorOperations } from './step/discriminators.ts';
import type { TrainingState } from './training-state.ts';

export interface StepRequest {
  readonly params: TrainParams;
  readonly engine: EngineSelection;
  /** Height and width of the images, in pixels. */
  readonly size: number;
  /** How long to go on after the first step; three more are made in any case, or one that takes longer than this. */
  readonly seconds: number;
  /** Absolute path of an empty folder; who asks removes it. */
  readonly scratch: string;
}

export interface StepTimes {
  /** Milliseconds, the median of all steps but the first. */
  readonly step: number;
  readonly steps: number;
  /** Seconds from the process's start to the end of the first step, in which the step is recorded and the engine's memory grows. */
  readonly first: number;
  /** The most memory that the process had, in bytes. */
  readonly memory: number;
  /** Why steps run operation by operation although they were to be captured. */
  readonly uncaptured?: string;
}

/** Fails as loading the engine and making the networks do. */
export async function measureStep({ params, engine, size, seconds, scratch }: StepRequest): Promise<Result<StepTimes>> {
  const loaded = await loadEngine(engine, engineUse(engine));
  if (!loaded.ok) return loaded;
  const { tf } = loaded.value;
  const shape: ImageShape = [size, size, 3];
  const networks = createNetworks(tf, params.model, shape, 1, undefined, discriminatorOperations(tf, params.loss));
  if (!networks.ok) return networks;
  let uncaptured: string | undefined;
  const state = createState({ params, seed: 1, engine, scratch, warn: (line) => { uncaptured = line; } }, tf, networks.value, shape);
  const times = await timeSteps(state, params, shape, seconds);
  const memory = process.resourceUsage().maxRSS * 1024;
  return ok({ step: median(times), steps: times.length, first: process.uptime() - sum(times) / 1000, memory, ...(uncaptured !== undefined && { uncaptured }) });
}

/** Milliseconds of each step after the first. */
async function timeSteps(state: TrainingState, params: TrainParams, shape: ImageShape, seconds: number): Promise<number[]> {
  const images = { A: noise(params.batch_size, shape, 'A'), B: noise(params.batch_size, shape, 'B') };
  const times: number[] = [];
  await state.step(0, images, params.optimizer.learning_rate);
  do {
    const started = performance.now();
    await state.step(times.length + 1, images, params.optimizer.learning_rate);
    times.push(performance.now() - started);
  } while (sum(times) < 1000 * seconds || (times.length < 3 && Math.max(...times) < 1000 * seconds));
  return times;
}

/** Uniform in [-1, 1). */
function noise(batch: number, [height, width, channels]: ImageShape, name: string): DomainBatch {
  const random = randomStream(1, `noise ${name}`);
  const values = Float32Array.from({ length: batch * height * width * channels }, () => 2 * random.next() - 1);
  return { values, names: Array.from({ length: batch }, () => name) };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
