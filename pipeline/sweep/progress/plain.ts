/** A sweep's progress as plain lines, for logs, pipes and CI: a line when a trial starts or ends, and one now and then between. */
import { ThroughputMeter } from '../../progress/throughput.ts';
import type { SweepEvent, SweepReporter } from '../sweep-events.ts';
import { describeCounts, describeJobEnd, describeJobProgress } from './job-lines.ts';
import { describeProgress } from '../../progress/lines.ts';

export interface PlainSweepOptions {
  write(text: string): void;
  /** Milliseconds between two progress lines of one job. */
  readonly interval?: number;
}

export function plainSweepReporter({ write, interval = 30_000 }: PlainSweepOptions): SweepReporter {
  const meters = new Map<string, { readonly meter: ThroughputMeter; lastLine: number }>();
  const due = (name: string): ThroughputMeter | undefined => {
    const now = performance.now();
    const known = meters.get(name) ?? { meter: new ThroughputMeter(), lastLine: now };
    meters.set(name, known);
    if (now - known.lastLine < interval) return undefined;
    known.lastLine = now;
    return known.meter;
  };
  function report(event: SweepEvent): void {
    switch (event.event) {
      case 'sweep-planned': return write(`${event.text}\n`);
      case 'sweep-started': return write(`${event.folder}\n`);
      case 'message': return write(`${event.line}\n`);
      case 'job-started': return write(`${event.title}: running\n`);
      case 'job-ended': return write(`${describeJobEnd(event)}\n`);
      case 'preparing': {
        const meter = due(event.label);
        if (meter !== undefined) write(`${describeProgress(event.label, event.progress, meter.add(event.progress, performance.now()))}\n`);
        return;
      }
      case 'job-progress': {
        const meter = due(`${event.job} ${event.stage}`);
        if (meter !== undefined) write(`${describeJobProgress(event.title, event.stage, event.progress, meter.add(event.progress, performance.now()))}\n`);
        return;
      }
      case 'sweep-ended': return write(`${describeCounts(event.counts)}\n`);
    }
  }
  return { report, close: () => undefined };
}
