/** A sweep's events as NDJSON, one object a line with the time. */
import type { SweepReporter } from '../sweep-events.ts';

export function jsonSweepReporter({ write, interval = 1000 }: { write(line: string): void; /** Milliseconds between two progress events of one job. */ readonly interval?: number }): SweepReporter {
  const last = new Map<string, number>();
  const tooSoon = (name: string): boolean => {
    const now = performance.now();
    if (now - (last.get(name) ?? -Infinity) < interval) return true;
    last.set(name, now);
    return false;
  };
  return {
    report(event) {
      if (event.event === 'job-progress' && tooSoon(event.job)) return;
      if (event.event === 'preparing' && tooSoon(event.label)) return;
      write(`${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`);
    },
    close: () => undefined,
  };
}
