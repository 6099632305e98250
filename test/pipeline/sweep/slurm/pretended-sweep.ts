/** A sweep's folder with jobs that count (fixture-sweep-job.ts), and the executor for it. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Executor, ObservedState, SubmittedJob } from '../../../../pipeline/sweep/executor.ts';
import { jobSchema, readJobResult, writeJobDescription } from '../../../../pipeline/sweep/job.ts';
import { jobState, type JobState } from '../../../../pipeline/sweep/job-state.ts';
import { SlurmExecutor } from '../../../../pipeline/sweep/slurm/executor.ts';
import { readSlurmSettings, type SlurmSettings } from '../../../../pipeline/sweep/slurm/settings.ts';
import { until } from '../../../helpers/slurm-cluster.ts';
import type { Behaviour } from './fixture-sweep-job.ts';

export interface PretendedJob extends Behaviour {
  readonly after?: readonly string[];
  readonly priority?: number;
  /** Its place among those that count the same. */
  readonly place?: number;
}

const shipped = fileURLToPath(new URL('../../../../configs/executors/slurm.yaml', import.meta.url));

/** What the tests ask of their small cluster. */
export async function testSettings(changed: Partial<SlurmSettings> = {}): Promise<SlurmSettings> {
  const read = await readSlurmSettings(shipped);
  if (!read.ok) throw new Error(read.failure.message);
  const { gres: _gpu, memory: _memory, ...settings } = read.value;
  return { ...settings, cpus: 1, time: 10, without_engine: {}, file_delay: 0, ...changed };
}

export class PretendedSweep {
  readonly root = mkdtempSync(join(tmpdir(), 'giverny slurm-sweep-'));
  readonly folder = join(this.root, 'runs', 'sweeps', 'test-12345678');
  readonly jobs: readonly SubmittedJob[];
  readonly executor: Executor;

  private constructor(jobs: Readonly<Record<string, PretendedJob>>, settings: SlurmSettings) {
    this.jobs = Object.entries(jobs).map(([job, { after = [], priority = 0, place }]) => ({
      job, kind: job.startsWith('shared') ? 'shared' : 'trial', after, priority, needs: { engine: false, gpus: 0 },
      ...(place !== undefined && { turns: [{ of: 'same', place }] }),
    }));
    const program = fileURLToPath(new URL('fixture-sweep-job.ts', import.meta.url));
    this.executor = new SlurmExecutor({
      folder: this.folder, root: this.root, jobs: undefined, offline: false, stop: new AbortController().signal,
      giverny: [process.execPath, '--import', import.meta.resolve('tsx'), program], changed: () => undefined, say: () => undefined,
    }, settings);
    mkdirSync(this.folder, { recursive: true });
  }

  static async of(jobs: Readonly<Record<string, PretendedJob>>, changed: Partial<SlurmSettings> = {}): Promise<PretendedSweep> {
    const sweep = new PretendedSweep(jobs, await testSettings(changed));
    for (const [job, { steps, fails = false }] of Object.entries(jobs)) {
      const written = await writeJobDescription(sweep.folder, {
        schema: jobSchema, job, kind: job.startsWith('shared') ? 'shared' : 'trial', file: shipped, config: { steps, fails }, identity: `identity of ${job}`, run: job, command: [], offline: false,
      });
      if (!written.ok) throw new Error(written.failure.message);
    }
    return sweep;
  }

  async submit(names?: readonly string[]): Promise<void> {
    const submitted = await this.executor.submit(names === undefined ? this.jobs : this.jobs.filter(({ job }) => names.includes(job)));
    if (!submitted.ok) throw new Error(submitted.failure.message);
  }

  async observed(): Promise<ReadonlyMap<string, ObservedState>> {
    const observed = await this.executor.observe();
    if (!observed.ok) throw new Error(observed.failure.message);
    return observed.value;
  }

  /** As `giverny sweep status` would say. */
  async state(job: string): Promise<JobState> {
    const observed = await this.observed();
    const result = await readJobResult(this.folder, job);
    return jobState(result.ok ? result.value : undefined, `identity of ${job}`, observed.get(job));
  }

  /** Until Slurm has nothing of it any more. */
  async ended(seconds = 60): Promise<void> {
    await until(async () => [...(await this.observed()).values()].every((state) => state === 'ended' || state === 'unknown'), 'all jobs have ended', seconds);
  }

  async reaches(job: string, step: number, seconds = 60): Promise<void> {
    await until(async () => this.lines(job).includes(`step ${step}`), `${job} reaches step ${step}`, seconds);
  }

  /** What a job noted, in order. */
  lines(job: string): readonly string[] {
    return this.ledger().filter((line) => line.startsWith(`${job} `)).map((line) => line.slice(job.length + 1));
  }

  ledger(): readonly string[] {
    const file = join(this.folder, 'ledger');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }

  /** Each step exactly once, in order. */
  steps(job: string): readonly number[] {
    return this.lines(job).filter((line) => line.startsWith('step ')).map((line) => Number(line.slice('step '.length)));
  }

  /** When it began and ended, in milliseconds. */
  span(job: string): readonly [number, number] {
    const time = (words: RegExp): number => Number(this.lines(job).findLast((line) => words.test(line))?.split(' ')[1]);
    return [time(/^begins/), time(/^(done|failed|interrupted)/)];
  }

  log(job: string): string {
    return readFileSync(join(this.folder, 'logs', `${job}.log`), 'utf8');
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
