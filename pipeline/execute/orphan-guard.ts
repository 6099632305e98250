/**
 * Ends a stage's process when the runner is gone, so that kill -9 of the runner leaves no writer behind.
 * The IPC channel's end is only seen between two turns of the event loop, which a native call can keep away for
 * minutes; so a thread of its own looks as well. Dying at any instant is safe: checkpoints and outputs are renamed into place.
 */
import { Worker } from 'node:worker_threads';

/** Milliseconds. */
const lookEvery = 250;

export function isOrphan(runner: number): boolean {
  // Where processes are reparented the parent's pid changes; Windows keeps it, there the pid itself is asked.
  if (process.ppid !== runner) return true;
  try {
    process.kill(runner, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

const watcher = `
const { workerData } = require('node:worker_threads');
const alive = () => {
  if (process.ppid !== workerData.runner) return false;
  try { process.kill(workerData.runner, 0); return true; } catch (error) { return error.code !== 'ESRCH'; }
};
setInterval(() => { if (!alive()) process.kill(process.pid, 'SIGKILL'); }, workerData.lookEvery);
`;

export function guardAgainstOrphaning(runner: number): void {
  const worker = new Worker(watcher, { eval: true, workerData: { runner, lookEvery }, execArgv: [], env: {} });
  worker.unref();
}
