/** `giverny doctor --bench`: which steps of training are timed, and timing one in a process of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Result } from '../failure.ts';
import { failed } from '../failure.ts';
import type { EngineSelection } from '../stage.ts';
import { withAllocatorSettings } from '../execute/allocator.ts';
import type { StageProcessEntry } from '../execute/stage-process-entry.ts';

/** What is known of a config that giverny brings; a test holds it against the file. */
export interface Training {
  readonly config: string;
  /** Height and width of its images, in pixels. */
  readonly size: number;
  readonly epochs: number;
  readonly iterationsPerEpoch: number;
  /** What its `engine.threads` says; absent where it leaves that to the machine. */
  readonly threads?: number;
  /** Billions of multiplications of a step's convolutions: how steps of different networks compare. */
  readonly work: number;
}

export const quickstart: Training = { config: 'configs/quickstart.yaml', size: 64, epochs: 4, iterationsPerEpoch: 300, work: 1.9 };
export const chapter: Training = { config: 'configs/monet2photo.yaml', size: 128, epochs: 500, iterationsPerEpoch: 121, work: 47 };
/** Too long to be timed here: it is estimated from the chapter's. */
export const paper: Training = { config: 'configs/monet2photo-paper.yaml', size: 256, epochs: 200, iterationsPerEpoch: 6287, work: 942 };

export type Precision = 'float32' | 'bfloat16';

export interface Setup {
  readonly training: Training;
  readonly engine: EngineSelection;
  readonly precision: Precision;
}

/** As stages/train/measure-step.ts gives it. */
export interface StepTimes {
  readonly step: number;
  readonly steps: number;
  readonly first: number;
  readonly memory: number;
  readonly uncaptured?: string;
}

export interface Measurement extends Setup {
  readonly times: StepTimes;
}

/** `all`, and fewer by powers of two down to 1, at most five in all. */
export function threadCounts(all: number): readonly number[] {
  const doubled = [1];
  while (doubled.at(-1)! * 2 < all) doubled.push(doubled.at(-1)! * 2);
  const counts = (all > 1 ? [...doubled, all] : doubled).reverse();
  return counts.length <= 5 ? counts : [...counts.slice(0, 4), 1];
}

export interface Measuring {
  readonly entry: StageProcessEntry;
  readonly stop: AbortSignal;
  /** Of the training's config, in canonical form. */
  readonly params: unknown;
  readonly seconds: number;
}

/** Fails with `interrupted` where `stop` fired, else with what the process says. Its folder is ours, as a process that is killed leaves what it made. */
export async function measure(setup: Setup, measuring: Measuring): Promise<Result<StepTimes>> {
  const scratch = await mkdtemp(join(tmpdir(), 'giverny-measure-'));
  try {
    return await measureIn(scratch, setup, measuring);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function measureIn(scratch: string, { training, engine }: Setup, { entry, stop, params, seconds }: Measuring): Promise<Result<StepTimes>> {
  const { execa } = await import('execa');
  const request = JSON.stringify({ params, engine, size: training.size, seconds, scratch });
  const ended = await execa(process.execPath, [...entry.execArgv, entry.script, 'measure', request], {
    reject: false, stdin: 'ignore', env: withAllocatorSettings(process.env), cancelSignal: stop, forceKillAfterDelay: 500,
  });
  if (stop.aborted) return failed('interrupted', 'interrupted');
  const last = ended.stdout?.trimEnd().split('\n').at(-1) ?? '';
  if (last.startsWith('{"ok":')) return JSON.parse(last) as Result<StepTimes>;
  const how = ended.signal === undefined ? /^\w*Error: .*$/m.exec(ended.stderr ?? '')?.[0] ?? `it ended with code ${ended.exitCode ?? 'none'}` : `it was killed by ${ended.signal}`;
  return failed('stage-crashed', how);
}

/** How many of the machine's processors other programs keep busy now, as the next half second shows. */
export async function busyProcessors(): Promise<number> {
  const times = () => cpus().map((each) => each.times);
  const before = times();
  await sleep(500);
  return times().reduce((busy, { idle, ...rest }, index) => {
    const { idle: idleBefore, ...restBefore } = before[index]!;
    const worked = total(rest) - total(restBefore);
    return busy + worked / Math.max(1, worked + idle - idleBefore);
  }, 0);
}

const total = (times: Readonly<Record<string, number>>): number => Object.values(times).reduce((sum, each) => sum + each, 0);
