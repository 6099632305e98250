/**
 * Progress on a terminal: one bar a running stage (cli-progress), and above the bars a line for what has ended.
 * cli-progress only draws; rate and remaining time are ours, because a continued stage does not start at zero.
 */
import type { MultiBar, SingleBar } from 'cli-progress';
import type { Progress } from '../stage.ts';
import type { RunEvent, Reporter } from './events.ts';
import { describeEnd } from './lines.ts';
import { ThroughputMeter, type Throughput } from './throughput.ts';
import { doneText, durationText, figuresText, rateText } from './words.ts';

interface BarPayload {
  readonly name: string;
  readonly progress: Progress | undefined;
  readonly throughput: Throughput | undefined;
  readonly since: number;
}

interface Row { readonly bar: SingleBar; readonly meter: ThroughputMeter; readonly since: number }

export interface TerminalOptions {
  readonly stream: NodeJS.WriteStream;
  readonly color: boolean;
}

/** Imports cli-progress; resolves to the reporter that draws on `stream`, which must be a terminal. */
export async function terminalReporter({ stream, color }: TerminalOptions): Promise<Reporter> {
  const { MultiBar } = (await import('cli-progress')).default;
  const makeBars = () => new MultiBar({
    stream, fps: 8, hideCursor: true, clearOnComplete: true, gracefulExit: false, emptyOnZero: true, autopadding: false,
    format: (_options, _params, payload: BarPayload) => barLine(payload, stream.columns || 80, color),
  });
  return barReporter(makeBars, (text) => { stream.write(text); });
}

/** Without a running stage there are no bars, no timer and no hidden cursor: lines go straight to the terminal. */
function barReporter(makeBars: () => MultiBar, write: (text: string) => void): Reporter {
  const rows = new Map<string, Row>();
  let bars: MultiBar | undefined;

  function row(name: string): Row {
    const known = rows.get(name);
    if (known !== undefined) return known;
    bars ??= makeBars();
    const since = performance.now();
    const made = { bar: bars.create(1, 0, { name, progress: undefined, throughput: undefined, since } satisfies BarPayload), meter: new ThroughputMeter(), since };
    rows.set(name, made);
    return made;
  }
  function progress(name: string, value: Progress): void {
    const { bar, meter, since } = row(name);
    bar.update(0, { name, progress: value, throughput: meter.add(value, performance.now()), since } satisfies BarPayload);
  }
  function line(text: string): void {
    if (bars === undefined) return write(`${text}\n`);
    bars.log(`${text}\n`);
    bars.update();
  }
  function remove(name: string): void {
    const known = rows.get(name);
    if (known === undefined) return;
    rows.delete(name);
    bars?.remove(known.bar);
    if (rows.size > 0) return;
    bars?.stop();
    bars = undefined;
  }
  function report(event: RunEvent): void {
    switch (event.event) {
      case 'preparing':
        progress(event.label, event.progress);
        if (event.progress.done === event.progress.total) remove(event.label);
        return;
      case 'stage-started': row(event.stage); return;
      case 'stage-progress': return progress(event.stage, event.progress);
      case 'stage-waiting': return line(`${event.stage}: ${event.message}`);
      case 'stage-warning': return line(`${event.stage}: ${event.line}`);
      case 'stage-ended': remove(event.stage); return line(describeEnd(event));
      case 'message': return line(event.line);
      case 'run-started': return line(event.run);
      case 'stage-log':
      case 'run-ended': return;
    }
  }
  return { report, close: () => { for (const name of [...rows.keys()]) remove(name); } };
}

const barWidth = 20;

/** One line of at most `columns` characters; what does not fit is cut from the right, figures last. */
export function barLine({ name, progress, throughput, since }: BarPayload, columns: number, color: boolean): string {
  if (progress === undefined) return cut(`${name}  ${durationText((performance.now() - since) / 1000)}`, columns);
  const share = progress.total === undefined || progress.total === 0 ? undefined : Math.min(1, progress.done / progress.total);
  const parts = [
    share === undefined ? undefined : `${drawn(share)} ${String(Math.floor(share * 100)).padStart(3)}%`,
    progress.phase ?? doneText(progress),
    throughput?.perSecond === undefined ? undefined : rateText(throughput.perSecond, progress.unit),
    throughput?.secondsLeft === undefined ? undefined : `${durationText(throughput.secondsLeft)} left`,
    progress.figures === undefined ? undefined : figuresText(progress.figures),
  ].filter((part) => part !== undefined);
  const text = cut(`${name}  ${parts.join('  ')}`, columns);
  return color ? text.replace(/█+/, (filled) => `\u001b[36m${filled}\u001b[39m`) : text;
}

const drawn = (share: number): string => '█'.repeat(Math.round(share * barWidth)).padEnd(barWidth, '░');

const cut = (text: string, columns: number): string => (text.length < columns ? text : `${text.slice(0, Math.max(0, columns - 2))}…`);
