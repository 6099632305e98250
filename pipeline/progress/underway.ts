/** Which stages are running, for what is said at Ctrl-C. */
import type { RunEvent, Reporter } from './events.ts';

export class Underway implements Reporter {
  readonly #running = new Map<string, 'keeps none' | 'keeps some' | 'has something to keep'>();

  /** Whether one of them will write a checkpoint before it stops: it keeps some, and is beyond its start. */
  get keepsCheckpoints(): boolean {
    return [...this.#running.values()].includes('has something to keep');
  }

  report(event: RunEvent): void {
    if (event.event === 'stage-started') this.#running.set(event.stage, event.keepsCheckpoints === true ? 'keeps some' : 'keeps none');
    if (event.event === 'stage-progress' && this.#running.get(event.stage) === 'keeps some') this.#running.set(event.stage, 'has something to keep');
    if (event.event === 'stage-ended') this.#running.delete(event.stage);
  }

  close(): void {
    this.#running.clear();
  }
}
