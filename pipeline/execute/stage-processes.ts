/** Apart from what starts them (run-in-process.ts): a run with nothing to do loads neither that nor node:child_process. */
import type { ChildProcess } from 'node:child_process';

/** Stage processes that live now: what a second Ctrl-C kills. */
export class StageProcesses {
  readonly #living = new Set<ChildProcess>();

  add(child: ChildProcess): void {
    this.#living.add(child);
    child.once('close', () => this.#living.delete(child));
  }

  kill(): void {
    for (const child of this.#living) child.kill('SIGKILL');
  }
}
