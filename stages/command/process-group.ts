/**
 * Runs a program in a process group of its own, so that it ends as a whole: on stop, on timeout, when its main process
 * has ended, and also when giverny itself dies (a watchdog, since a killed process can clean up nothing).
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

export interface Program {
  /** A string goes to the shell; a list is a program and its arguments. */
  readonly run: string | readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
  readonly stop: AbortSignal;
  /** Each line of its output and errors, without the line break. */
  onLine(line: string): void;
}

export type Ending =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'not started'; readonly why: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'stopped' };

/** How long a program has between being asked to end and being ended. */
const graceMilliseconds = 5000;
/** How long the output of processes that left the group is waited for. */
const lingerMilliseconds = 1000;
const hasGroups = process.platform !== 'win32';

export async function runProgram(program: Program): Promise<Ending> {
  const { execa } = await import('execa');
  // From here to the listener nothing waits, so that no stop is missed between them.
  if (program.stop.aborted) return { kind: 'stopped' };
  const [file, args] = typeof program.run === 'string' ? [program.run, []] : [program.run[0]!, program.run.slice(1)];
  const child = execa(file, args, {
    shell: typeof program.run === 'string',
    cwd: program.folder,
    env: program.environment,
    extendEnv: false,
    stdin: 'ignore',
    buffer: false,
    reject: false,
    detached: hasGroups,
  });
  const watchdog = watch(child.pid);
  const reason = endEarly(program, () => endGroup(child, child.pid));
  child.once('exit', () => {
    signalGroup(child, child.pid, 'SIGKILL');
    watchdog?.kill('SIGKILL');
    setTimeout(() => [child.stdout, child.stderr].forEach((stream) => stream.destroy()), lingerMilliseconds).unref();
  });
  const outputs = (['stdout', 'stderr'] as const).map((from) => readLines(child.iterable({ from }), program.onLine));
  await Promise.all(outputs);
  const result = await child;
  const early = reason.settle();
  if (early) return { kind: early };
  if (result.exitCode !== undefined) return { kind: 'exited', code: result.exitCode };
  if (result.signal !== undefined) return { kind: 'killed', signal: result.signal };
  return { kind: 'not started', why: result.originalMessage ?? 'it could not be started' };
}

async function readLines(lines: AsyncIterable<unknown>, onLine: (line: string) => void): Promise<void> {
  try {
    // Progress bars overwrite their line; what stands there at last is kept.
    for await (const line of lines) onLine(String(line).replace(/\r+$/, '').split('\r').at(-1)!);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE')) throw error;
  }
}

interface EarlyEnd {
  /** Why the program was ended, if it was; stops waiting for reasons. */
  settle(): 'timeout' | 'stopped' | undefined;
}

function endEarly({ stop, timeoutSeconds }: Program, end: () => void): EarlyEnd {
  let why: 'timeout' | 'stopped' | undefined;
  const because = (reason: 'timeout' | 'stopped') => () => {
    why ??= reason;
    end();
  };
  const onStop = because('stopped');
  stop.addEventListener('abort', onStop, { once: true });
  const timer = timeoutSeconds === undefined ? undefined : setTimeout(because('timeout'), timeoutSeconds * 1000);
  return {
    settle() {
      clearTimeout(timer);
      stop.removeEventListener('abort', onStop);
      return why;
    },
  };
}

interface Killable {
  kill(signal: NodeJS.Signals): boolean;
  once(event: 'exit', listener: () => void): unknown;
}

function endGroup(child: Killable, pid: number | undefined): void {
  signalGroup(child, pid, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, pid, 'SIGKILL'), graceMilliseconds);
  // Its number may soon be another's.
  child.once('exit', () => clearTimeout(timer));
}

function signalGroup(child: Killable, pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  if (!hasGroups) {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has gone already.
  }
}

/** Waits for the end of its input, which comes when giverny is gone in whatever way, and then ends the group. */
function watch(pid: number | undefined): ChildProcess | undefined {
  if (pid === undefined || !hasGroups) return undefined;
  const watchdog = spawn('/bin/sh', ['-c', 'read -r _; kill -s KILL -- "-$0"', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watchdog.on('error', () => undefined);
  watchdog.unref();
  return watchdog;
}
