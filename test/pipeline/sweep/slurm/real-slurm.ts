/** What tests against a real Slurm share: the cluster, the sweeps on it, and a person at its keyboard. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SlurmCluster, slurmMissing } from '../../../helpers/slurm-cluster.ts';
import type { SlurmSettings } from '../../../../pipeline/sweep/slurm/settings.ts';
import { PretendedSweep, type PretendedJob } from './pretended-sweep.ts';

/** Ends the process, saying why, where there is no Slurm. */
export function skipWithoutSlurm(): void {
  const missing = slurmMissing();
  if (missing === undefined) return;
  console.log(`skipped: ${missing}`);
  test.skip('Slurm', () => undefined);
  test.run();
  process.exit(0);
}

interface Begun {
  run(): Promise<void>;
  outcome?: Promise<unknown>;
}

/**
 * Tests that do not touch the cluster itself begin together, since most of their time they wait for Slurm. Call `begin`
 * when the cluster is there.
 */
export class SideBySide {
  readonly #all: Begun[] = [];

  test(name: string, run: () => Promise<void>): void {
    const one: Begun = { run };
    this.#all.push(one);
    test(name, async () => {
      const error = await one.outcome;
      if (error !== undefined) throw error;
      // Its own assertions were made while others ran.
      assert.is(error, undefined);
    });
  }

  begin(): void {
    for (const one of this.#all) one.outcome = one.run().then(() => undefined, (error: unknown) => error);
  }
}

export class RealSlurm {
  readonly cluster: SlurmCluster;
  readonly #sweeps: PretendedSweep[] = [];

  private constructor(cluster: SlurmCluster) {
    this.cluster = cluster;
  }

  /** `here`: this process's own commands of Slurm go to it. */
  static async start({ here = false } = {}): Promise<RealSlurm> {
    const cluster = await SlurmCluster.start();
    if (here) Object.assign(process.env, cluster.env);
    return new RealSlurm(cluster);
  }

  async stop(): Promise<void> {
    await this.cluster.stop();
    for (const sweep of this.#sweeps) sweep.remove();
  }

  async sweep(jobs: Readonly<Record<string, PretendedJob>>, changed: Partial<SlurmSettings> = {}): Promise<PretendedSweep> {
    const sweep = await PretendedSweep.of(jobs, changed);
    this.#sweeps.push(sweep);
    return sweep;
  }

  /** As a person who types `scancel`. */
  async scancel(sweep: PretendedSweep, job: string): Promise<void> {
    await this.cluster.command('scancel', [/Slurm job (\d+_\d+)/.exec(sweep.log(job))![1]!]);
  }

  /** kill -9 of the process itself. */
  killProcess(sweep: PretendedSweep, job: string): void {
    for (const pid of this.cluster.jobProcesses(`${sweep.folder} ${job}`)) process.kill(pid, 'SIGKILL');
  }
}

export const beginnings = (sweep: PretendedSweep, job: string): number => sweep.lines(job).filter((line) => line.startsWith('begins')).length;
export const upTo = (steps: number): readonly number[] => Array.from({ length: steps }, (_, step) => step);
