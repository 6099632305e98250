/**
 * A temporary project and the real command in it. `await using`-free on purpose: call `cleanup()` in a finally or an after hook.
 * The command is the built one, as people run it: `bin/giverny.js`.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('../../bin/giverny.js', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves when what it printed so far (both streams) matches; rejects when it ends without. */
  printed(pattern: RegExp): Promise<void>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Another program than giverny's command, run by this Node: a test's own entry with its own stages. */
  readonly entry?: string;
}

export class Rig {
  readonly folder = mkdtempSync(join(tmpdir(), 'giverny-rig-'));
  readonly #running = new Set<ChildProcess>();

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  write(path: string, content: string | Uint8Array): string {
    const file = this.path(path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  read(path: string): string {
    return readFileSync(this.path(path), 'utf8');
  }

  exists(path: string): boolean {
    return existsSync(this.path(path));
  }

  start(args: readonly string[], { env = {}, cwd = this.folder, entry = command }: RunOptions = {}): RunningCommand {
    const node = entry.endsWith('.ts') ? ['--import', import.meta.resolve('tsx'), entry] : [entry];
    const child = spawn(process.execPath, [...node, ...args], { cwd, env: { ...process.env, FORCE_COLOR: '0', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#running.add(child);
    return watch(child, () => this.#running.delete(child));
  }

  /** Runs the command to its end. */
  run(args: readonly string[], options?: RunOptions): Promise<Finished> {
    return this.start(args, options).finished;
  }

  cleanup(): void {
    for (const child of this.#running) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function watch(child: ChildProcess, ended: () => void): RunningCommand {
  const text = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]!.setEncoding('utf8').on('data', (data: string) => {
      text[stream] += data;
      for (const check of waiting) check();
    });
  }
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code, signal) => {
      ended();
      resolve({ code, signal, ...text });
    });
  });
  const printed = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const check = () => {
        if (!pattern.test(text.stdout + text.stderr)) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
      void finished.then(() => reject(new Error(`ended without printing ${pattern}:\n${text.stdout}${text.stderr}`)));
    });
  return { process: child, finished, printed };
}
