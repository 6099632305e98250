/** Events as NDJSON, one object a line with the time: stdout with `--json`, and the run folder's events.jsonl. */
import type { RunEvent, Reporter } from './events.ts';

export interface JsonLinesOptions {
  write(line: string): void;
  /** Milliseconds between two progress events of one stage. */
  readonly interval?: number;
  /** Log lines have files of their own; `--json` leaves them out as well. */
  readonly logs?: boolean;
}

export function jsonLinesReporter({ write, interval = 1000, logs = false }: JsonLinesOptions): Reporter {
  const lastProgress = new Map<string, number>();

  const tooSoon = (name: string): boolean => {
    const now = performance.now();
    if (now - (lastProgress.get(name) ?? -Infinity) < interval) return true;
    lastProgress.set(name, now);
    return false;
  };

  return {
    report(event: RunEvent) {
      if (event.event === 'stage-log' && !logs) return;
      if (event.event === 'stage-progress' && tooSoon(event.stage)) return;
      if (event.event === 'preparing' && tooSoon(event.label)) return;
      write(`${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`);
    },
    close: () => undefined,
  };
}
