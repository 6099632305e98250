/** One command, measured. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Command {
  readonly folder: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Measured {
  /** Seconds. */
  readonly wall: number;
  /** Seconds of the process and of all that it waited for. */
  readonly cpu: number;
  /** KiB: the most that one process ever had. */
  readonly memory: number;
}

const script = fileURLToPath(new URL('measure.py', import.meta.url));

/** Throws what the command said where it fails. `allowed`: exit codes that are none. */
export function measure({ folder, command, environment = {} }: Command, allowed: readonly number[] = [0]): Measured {
  const { stdout, stderr, error } = spawnSync('python3', [script, ...command], { cwd: folder, encoding: 'utf8', maxBuffer: 1e9, env: { ...process.env, CI: '1', ...environment } });
  if (error !== undefined) throw error;
  const { code, ...measured } = JSON.parse(stdout) as Measured & { readonly code: number };
  if (!allowed.includes(code)) throw new Error(`${command.join(' ')}: exit ${code}\n${stderr.slice(-3000)}`);
  return measured;
}
