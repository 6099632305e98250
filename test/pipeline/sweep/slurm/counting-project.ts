/** A project whose trials count, keep checkpoints, and note in `ledger` what they do; and the command as people run it. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { Rig, type Finished, type RunningCommand } from '../../../helpers/rig.ts';
import { until } from '../../../helpers/slurm-cluster.ts';

/** Notes that it ran; `fails` where the file `broken` stands beside the config. */
const prepare = `
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { defineStage } from 'giverny';
export default defineStage({
  outputs: [{ path: 'data', kind: 'reproducible' }],
  async run({ out }) {
    appendFileSync(process.env.LEDGER, 'prepare\\n');
    await setTimeout(300);
    if (existsSync(process.env.LEDGER + '.broken')) throw new Error('the data are broken');
    writeFileSync(out + '/data', 'data');
  },
});
`;

/** Counts to \`to\`, one in 100 ms, and goes on from where it was stopped. */
const count = `
import { appendFileSync, mkdirSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { defineStage, interrupted, ok } from 'giverny';
export default defineStage({
  schema: { properties: { to: { type: 'integer', default: 3 }, by: { type: 'integer', default: 1 } } },
  outputs: [{ path: 'count.json', kind: 'reproducible', inRunFolder: true }],
  prepare: (params) => ok({ params, keyed: { ...params }, trajectory: { by: params.by }, random: false }),
  async run({ params: { to, by }, checkpoints, out, stop, progress }) {
    mkdirSync(checkpoints, { recursive: true });
    const file = checkpoints + '/at';
    for (let at = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0; at < to; at += 1) {
      if (stop.aborted) return interrupted();
      await setTimeout(100);
      appendFileSync(process.env.LEDGER, 'by ' + by + ' step ' + at + '\\n');
      writeFileSync(file, String(at + 1));
      progress({ done: at + 1, total: to, unit: 'steps', figures: { sum: by * (at + 1) } });
    }
    writeFileSync(out + '/count.json', JSON.stringify(by * to));
    return ok(undefined);
  },
});
`;

export class CountingProject {
  readonly rig = new Rig();
  readonly #env: Readonly<Record<string, string>>;

  constructor(env: Readonly<Record<string, string>>, executor = '') {
    // A person's own filter of squeue would hide every job.
    this.#env = { ...env, SQUEUE_ACCOUNT: 'nobody', SQUEUE_QOS: 'none', LEDGER: this.rig.path('ledger') };
    this.rig.write('prepare.js', prepare);
    this.rig.write('count.js', count);
    this.rig.write('count.yaml', 'stages:\n  prepare: { uses: ./prepare.js }\n  count: { uses: ./count.js, from: prepare, to: 3, by: 1 }\n');
    this.rig.write('configs/executors/slurm.yaml', `executor: slurm\ncpus: 1\n${executor.includes('time:') ? '' : 'time: 10\n'}file_delay: 0\nask_every: 0.5\n${executor}`);
  }

  giverny(...args: readonly string[]): Promise<Finished> {
    return this.rig.run(args, { env: this.#env });
  }

  start(...args: readonly string[]): RunningCommand {
    return this.rig.start(args, { env: this.#env });
  }

  ledger(): readonly string[] {
    return existsSync(this.rig.path('ledger')) ? this.rig.read('ledger').trim().split('\n') : [];
  }

  /** The steps of the trial that counts by \`by\`, in the order in which they were done. */
  steps(by: number): readonly number[] {
    return this.ledger().flatMap((line) => (line.startsWith(`by ${by} step `) ? [Number(line.split(' ').at(-1))] : []));
  }

  async reaches(by: number, step: number): Promise<void> {
    await until(async () => this.steps(by).includes(step), `the trial that counts by ${by} reaches step ${step}`);
  }

  /** Absolute path of its only sweep. */
  sweepFolder(): string {
    return this.rig.path('runs/sweeps', readdirSync(this.rig.path('runs/sweeps')).find((name) => !name.startsWith('.'))!);
  }

  /** The log of a job, as Slurm and giverny wrote it. */
  log(job: string): string {
    return readFileSync(`${this.sweepFolder()}/logs/${job}.log`, 'utf8');
  }
}
