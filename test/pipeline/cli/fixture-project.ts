/** A temporary project in which the real command runs, in this process or one of its own, with the fixture's stages. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { main } from '../../../pipeline/cli/main.ts';
import { Rig, type Finished, type RunningCommand } from '../../helpers/rig.ts';
import { fixtureCatalog } from './fixture-stages.ts';

const entry = fileURLToPath(new URL('./fixture-giverny.ts', import.meta.url));

/** Three stages in a row, the last of which counts steps and keeps checkpoints. */
export const chain = `
stages:
  first: { uses: write, text: one, files: 3 }
  second: { uses: write, from: first, text: two }
  count: { uses: steps, from: second, count: 3 }
`;

export class Project {
  readonly rig = new Rig();

  config(text: string, name = 'study.yaml'): void {
    this.rig.write(name, text);
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): RunningCommand {
    return this.rig.start(args, { entry, env: { FIXTURE_LEDGER: this.rig.path('ledger'), ...env } });
  }

  /** Runs the command in this process: much quicker than `start`, and all that a test needs which kills nothing. */
  async run(args: readonly string[], env: Readonly<Record<string, string>> = {}, cwd = this.rig.folder): Promise<Pick<Finished, 'code' | 'stdout' | 'stderr'>> {
    const text = { stdout: '', stderr: '' };
    Object.assign(process.env, { FIXTURE_LEDGER: this.rig.path('ledger'), FIXTURE_ENGINE: 'tensorflow' }, env);
    const code = await main(args, {
      stdout: (written) => { text.stdout += written; },
      stderr: (written) => { text.stderr += written; },
      cwd, color: false, terminal: false,
      stageProcess: { script: fileURLToPath(new URL('./fixture-stage-process.ts', import.meta.url)), execArgv: ['--import', import.meta.resolve('tsx')] },
      loadCatalog: async () => fixtureCatalog,
    });
    return { code, ...text };
  }

  /** What really ran, in order. */
  get ledger(): readonly string[] {
    return existsSync(this.rig.path('ledger')) ? this.rig.read('ledger').trimEnd().split('\n') : [];
  }

  /** How often each stage was started. */
  get starts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const line of this.ledger) {
      const name = /^start (\S+)/.exec(line)?.[1];
      if (name !== undefined) counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  /** The pid of the process in which a stage last started. */
  pidOf(stage: string): number {
    return Number(this.ledger.findLast((line) => line.startsWith(`start ${stage} `))!.split(' ')[2]);
  }

  record(run = 'latest'): { readonly [key: string]: unknown; readonly state: string; readonly digest: string; readonly stages: Readonly<Record<string, { readonly state: string }>> } {
    return JSON.parse(readFileSync(this.rig.path('runs', run, 'run.json'), 'utf8'));
  }

  stageStates(): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(this.record().stages).map(([name, stage]) => [name, stage.state]));
  }
}

export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Resolves once it holds; the test's own time limit is the only one. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}
