/** Slurm's programs, and what it means when they fail. */
import { failed, ok, type Result } from '../../failure.ts';

export type SlurmProgram = 'sbatch' | 'squeue' | 'scontrol' | 'scancel';

/** Milliseconds; Slurm's own patience with a controller that does not answer is a few seconds. */
const patience = 120_000;

const unreachable = /unable to contact|connect failure|connection refused|socket timed out|communication connection failure|zero bytes were transmitted|controller not responding|temporarily unable/i;

/**
 * What the program prints. Failures: `executor-unavailable` where it is not installed, or where the controller does not
 * answer (it may be starting anew); `executor-refused` with its own words for anything else.
 */
export async function runSlurm(program: SlurmProgram, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Result<string>> {
  const { execa } = await import('execa');
  const ended = await execa(program, args, { reject: false, stdin: 'ignore', timeout: patience, env: { ...plain(process.env), ...environment }, maxBuffer: 2 ** 28 });
  if (ended.exitCode === 0) return ok(ended.stdout);
  if (ended.code === 'ENOENT') {
    return failed('executor-unavailable', `${program} is not on this machine`, { expected: 'a machine from which jobs are submitted to Slurm', hint: 'log in where you use sbatch, or take --on local' });
  }
  const words = (ended.stderr || ended.shortMessage || '').trim().replaceAll(new RegExp(`^${program}: (error: )?`, 'gm'), '').split('\n').slice(-3).join('; ');
  if (ended.timedOut || unreachable.test(words)) {
    return failed('executor-unavailable', `Slurm's controller does not answer: ${words === '' ? `${program} waited ${patience / 1000} seconds` : words}`, { hint: 'jobs that run go on meanwhile; scontrol ping says whether it is back' });
  }
  return failed('executor-refused', `${program}: ${words === '' ? `exit code ${ended.exitCode}` : words}`);
}

/** What a user prefers of squeue: another format would not be the one that we read, and a filter (SQUEUE_ACCOUNT, SQUEUE_QOS) would hide jobs that live. */
const plain = (environment: NodeJS.ProcessEnv): Readonly<Record<string, undefined>> =>
  Object.fromEntries(Object.keys(environment).filter((name) => name.startsWith('SQUEUE_')).map((name) => [name, undefined]));
