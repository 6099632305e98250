/** Runs a stage in a process of its own (the runner's side): Ctrl-C and progress stay alive while a native call blocks it. */
import { fork } from 'node:child_process';
import type { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { interrupted } from '../failure.ts';
import { withAllocatorSettings } from './allocator.ts';
import type { JobHooks, StageJob } from './job.ts';
import type { FromStage, ToStage } from './messages.ts';
import type { JobEnd } from './run-here.ts';
import type { StageProcessEntry } from './stage-process-entry.ts';
import type { StageProcesses } from './stage-processes.ts';
import { thrownError } from './thrown.ts';

export interface ProcessSurroundings {
  readonly entry: StageProcessEntry;
  readonly hooks: JobHooks;
  readonly stop: AbortSignal;
  readonly processes: StageProcesses;
  /** Called with the process's id before it gets the job. */
  started(pid: number): Promise<void>;
}

/** Milliseconds in which a process that is asked to stop, and would lose nothing, ends by itself or is killed. */
const grace = 2000;

/**
 * Once `stop` fires the process finishes its step and writes a checkpoint. Where it has nothing to write (it keeps no
 * checkpoints, or reported no progress yet: it loads the engine or records its first step) it does not outlive the grace.
 */
export function runInProcess(job: StageJob, { entry, hooks: told, stop, processes, started }: ProcessSurroundings): Promise<JobEnd> {
  let hasProgressed = false;
  const hooks: JobHooks = { ...told, progress: (progress) => { hasProgressed = true; told.progress(progress); } };
  const child = fork(entry.script, [], {
    execArgv: [...entry.execArgv], serialization: 'advanced', stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env: withAllocatorSettings({ ...process.env, ...entry.environment }),
  });
  processes.add(child);
  const send = (message: ToStage): void => {
    // The process may be gone already; then 'close' tells.
    if (child.connected) child.send(message, () => undefined);
  };
  let patience: NodeJS.Timeout | undefined;
  let killed = false;
  const onStop = () => {
    send({ type: 'stop' });
    patience = setTimeout(() => {
      if (job.checkpoints === undefined || !hasProgressed) killed = child.kill('SIGKILL');
    }, grace);
  };
  stop.addEventListener('abort', onStop, { once: true });
  logLines(child.stdout, hooks);
  logLines(child.stderr, hooks);
  return new Promise<JobEnd>((resolve) => {
    let end: JobEnd | undefined;
    let cannotStart: unknown;
    child.on('message', (message) => { end = receive(message as FromStage, hooks, send) ?? end; });
    child.on('error', (error) => { cannotStart = error; });
    child.on('close', (code, signal) => {
      stop.removeEventListener('abort', onStop);
      clearTimeout(patience);
      if (killed) end ??= { kind: 'returned', result: interrupted() };
      if (cannotStart !== undefined) end ??= { kind: 'threw', error: thrownError(cannotStart) };
      resolve(end ?? { kind: 'died', code, signal });
    });
    const begin = () => {
      send({ type: 'run', job, runner: process.pid });
      if (stop.aborted) onStop();
    };
    (child.pid === undefined ? Promise.resolve() : started(child.pid)).then(begin, (error: unknown) => {
      cannotStart = error;
      child.kill('SIGKILL');
    });
  });
}

function receive(message: FromStage, hooks: JobHooks, send: (message: ToStage) => void): JobEnd | undefined {
  switch (message.type) {
    case 'progress': hooks.progress(message.progress); return undefined;
    case 'log': hooks.log(message.line); return undefined;
    case 'warn': hooks.warn(message.line); return undefined;
    case 'publish': {
      const { request } = message;
      hooks.publish(message.paths).then(
        () => send({ type: 'published', request }),
        (error: unknown) => send({ type: 'published', request, error: thrownError(error) }),
      );
      return undefined;
    }
    case 'returned': return { kind: 'returned', result: message.result };
    case 'threw': return { kind: 'threw', error: message.error };
  }
}

/** What the engine's native code prints goes to the stage's log. */
function logLines(stream: Readable | null, hooks: JobHooks): void {
  if (stream !== null) createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => hooks.log(line));
}
