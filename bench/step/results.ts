/** What was measured, as the JSON has it, and the figures that are made of it. */
import type { Precision } from './peers.ts';
import { taskName, type Task } from './task.ts';

export interface Measurement {
  readonly task: Task;
  readonly peer: string;
  readonly label: string;
  readonly precision: Precision;
  readonly ours: boolean;
  /** Only measurements of one run are set against each other: it says when that began. */
  readonly run: string;
  /** Milliseconds of each step or batch, by round: by the clock, and of all threads. */
  readonly rounds: readonly (readonly number[])[];
  readonly cpu: readonly (readonly number[])[];
  /** Seconds from the start of the process to the end of its first step. */
  readonly first: number;
  /** The most memory its process had, MiB. */
  readonly peak: number;
  /** Largest relative difference of a value of the first step to ours in float32. */
  readonly difference: number;
}

/** Why a peer was not measured: it failed, or computes something else. */
export interface Refusal {
  readonly task: Task;
  readonly peer: string;
  readonly label: string;
  readonly precision: Precision;
  readonly reason: string;
}

export interface Results {
  readonly measurements: readonly Measurement[];
  readonly refusals: readonly Refusal[];
}

export interface Row extends Measurement {
  readonly median: number;
  readonly cpuMedian: number;
  /** The median over that of the best peer of the same task, precision and run; undefined where no peer was measured. */
  readonly ratio: number | undefined;
  readonly memoryRatio: number | undefined;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Medians, and what they are of the best peer's, in the order given. */
export function rows(measurements: readonly Measurement[]): Row[] {
  const summed = measurements.map((one) => ({ ...one, median: median(one.rounds.flat()), cpuMedian: median(one.cpu.flat()) }));
  return summed.map((row) => {
    const best = summed.filter((other) => !other.ours && comparable(other, row)).sort((a, b) => a.median - b.median)[0];
    return { ...row, ratio: best && row.median / best.median, memoryRatio: best && row.peak / best.peak };
  });
}

const comparable = (a: Measurement, b: Measurement): boolean =>
  taskName(a.task) === taskName(b.task) && a.precision === b.precision && a.run === b.run;

/** `later` in the place of what `earlier` has of the same task and peer, and after all else. */
export function merge(earlier: Results, later: Results): Results {
  const key = ({ task, peer }: Pick<Measurement, 'task' | 'peer'>) => `${taskName(task)}, ${peer}`;
  const newer = new Set([...later.measurements, ...later.refusals].map(key));
  const kept = <T extends Pick<Measurement, 'task' | 'peer'>>(list: readonly T[]) => list.filter((one) => !newer.has(key(one)));
  return {
    measurements: [...kept(earlier.measurements), ...later.measurements],
    refusals: [...kept(earlier.refusals), ...later.refusals],
  };
}
