/**
 * How many trials run at once on this machine, and what each may use.
 *
 * On GPUs: one trial a GPU, which is all that it sees (CUDA_VISIBLE_DEVICES). On the CPU: as many as there are processors
 * and room in memory, each with its share of the processors: several trainings on one processor each get more done than one
 * training on several, and give the same bits. `-j` says otherwise.
 */
import { availableParallelism, freemem } from 'node:os';

export interface Machine {
  readonly processors: number;
  /** Bytes that are free now. */
  readonly memory: number;
  /** As CUDA_VISIBLE_DEVICES names them. */
  readonly gpus: readonly string[];
}

/** A training of the chapter's networks takes 1.5 GB at 128 × 128 and 3 GB at 256 × 256 (bench/README.md). */
export const memoryPerTrainingByDefault = 3e9;

export interface Slots {
  /** Jobs at once of any kind. */
  readonly jobs: number;
  /** Of these, jobs that run tensors. */
  readonly engines: number;
}

/** `asked`: `-j`; then memory is the person's own care. */
export function slotsOf({ processors, memory, gpus }: Machine, asked: number | undefined, onGpu: boolean, memoryPerTraining = memoryPerTrainingByDefault): Slots {
  if (onGpu) return { jobs: asked ?? Math.max(processors, gpus.length), engines: Math.max(1, Math.min(asked ?? Infinity, gpus.length)) };
  if (asked !== undefined) return { jobs: asked, engines: asked };
  const room = Math.max(1, Math.floor(memory / memoryPerTraining));
  return { jobs: processors, engines: Math.min(processors, room) };
}

/** Threads for one of `trainings` at once. */
export const threadsEach = (processors: number, trainings: number): number => Math.max(1, Math.floor(processors / Math.max(1, trainings)));

/** `device`: the GPU of the plan; undefined on the CPU. `gpu:0` is the first of all; who names another means that one alone. */
export async function thisMachine(environment: NodeJS.ProcessEnv, device: string | undefined): Promise<Machine> {
  const all = device === undefined ? [] : await gpusOf(environment);
  const wanted = Number(device?.split(':')[1] ?? 0);
  return { processors: availableParallelism(), memory: freeMemory(), gpus: wanted === 0 ? all : all.slice(wanted, wanted + 1) };
}

/** A container may have less than the machine. */
function freeMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(freemem(), limit) : freemem();
}

async function gpusOf({ CUDA_VISIBLE_DEVICES: visible }: NodeJS.ProcessEnv): Promise<readonly string[]> {
  if (visible !== undefined) return visible.split(',').map((name) => name.trim()).filter((name) => name !== '' && name !== '-1');
  const { readdir } = await import('node:fs/promises');
  const devices = (await readdir('/dev').catch(() => [])).flatMap((name) => /^nvidia(\d+)$/.exec(name)?.[1] ?? []);
  // Windows' Linux shows no devices; there is a GPU if one was chosen at all. With one there is nothing to choose.
  return devices.length === 0 ? ['0'] : devices.map((_, index) => String(index));
}
