/** Which stages are running, for what is said at Ctrl-C. */
import type { RunEvent, Reporter } from './events.ts';

export class Underway implements Reporter {
  readonly #running = new Map<string, boolean>();

  /** Whether one of them will write a checkpoint before it stops. */
  get keepsCheckpoints(): boolean {
    return [...this.#running.values()].includes(true);
  }

  report(event: RunEvent): void {
    if (event.event === 'stage-started') this.#running.set(event.stage, event.keepsCheckpoints === true);
    if (event.event === 'stage-ended') this.#running.delete(event.stage);
  }

  close(): void {
    this.#running.clear();
  }
}
