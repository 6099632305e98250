/** Progress as plain lines, for logs, pipes and CI: one line when a stage starts or ends, and one now and then between. */
import type { RunEvent, Reporter } from './events.ts';
import { describeEnd, describeProgress, describeStart } from './lines.ts';
import { ThroughputMeter, type Throughput } from './throughput.ts';
import type { Progress } from '../stage.ts';

export interface PlainOptions {
  write(text: string): void;
  /** Milliseconds between two progress lines of one stage. */
  readonly interval?: number;
  /** Milliseconds, of a clock that only goes forward. */
  now?(): number;
}

export function plainReporter({ write, interval = 10_000, now = () => performance.now() }: PlainOptions): Reporter {
  const meters = new Map<string, { readonly meter: ThroughputMeter; lastLine: number }>();
  const started = now();

  function progress(name: string, value: Progress): void {
    const known = meters.get(name) ?? { meter: new ThroughputMeter(), lastLine: Math.max(started, now() - interval / 2) };
    meters.set(name, known);
    const throughput: Throughput = known.meter.add(value, now());
    if (now() - known.lastLine < interval) return;
    known.lastLine = now();
    write(`${describeProgress(name, value, throughput)}\n`);
  }

  function report(event: RunEvent): void {
    switch (event.event) {
      case 'preparing': return progress(event.label, event.progress);
      case 'stage-progress': return progress(event.stage, event.progress);
      case 'stage-started': return write(`${describeStart(event.stage, event.reason)}\n`);
      case 'stage-waiting': return write(`${event.stage}: ${event.message}\n`);
      case 'stage-warning': return write(`${event.stage}: ${event.line}\n`);
      case 'stage-ended': return write(`${describeEnd(event)}\n`);
      case 'message': return write(`${event.line}\n`);
      case 'run-started': return write(`${event.run}\n`);
      case 'stage-log':
      case 'run-ended': return;
    }
  }
  return { report, close: () => undefined };
}
