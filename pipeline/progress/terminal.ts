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

/** What is running now: a stage, or something done outside any. */
interface Shown {
  readonly name: string;
  readonly meter: ThroughputMeter;
  readonly since: number;
  progress: Progress | undefined;
  throughput: Throughput | undefined;
  bar: SingleBar | undefined;
}

export interface TerminalOptions {
  readonly stream: NodeJS.WriteStream;
  readonly color: boolean;
}

type Bars = () => MultiBar;

/** Draws on `stream`, which must be a terminal. cli-progress is imported when the first stage runs. */
export function terminalReporter({ stream, color }: TerminalOptions): Reporter {
  return new TerminalReporter((text) => { stream.write(text); }, async () => {
    const { MultiBar } = (await import('cli-progress')).default;
    return () => new MultiBar({
      stream, fps: 8, hideCursor: true, clearOnComplete: true, gracefulExit: false, emptyOnZero: true, autopadding: false,
      format: (_options, _params, payload: BarPayload) => barLine(payload, stream.columns || 80, color),
    });
  });
}

/** Without a running stage there are no bars, no timer and no hidden cursor: lines go straight to the terminal. */
class TerminalReporter implements Reporter {
  readonly #write: (text: string) => void;
  readonly #load: () => Promise<Bars>;
  readonly #shown = new Map<string, Shown>();
  #loading = false;
  #makeBars: Bars | undefined;
  #bars: MultiBar | undefined;

  constructor(write: (text: string) => void, load: () => Promise<Bars>) {
    this.#write = write;
    this.#load = load;
  }

  report(event: RunEvent): void {
    switch (event.event) {
      case 'preparing':
        this.#show(event.label, event.progress);
        if (event.progress.done === event.progress.total) this.#remove(event.label);
        return;
      case 'stage-started': return this.#show(event.stage, undefined);
      case 'stage-progress': return this.#show(event.stage, event.progress);
      case 'stage-waiting': return this.#line(`${event.stage}: ${event.message}`);
      case 'stage-warning': return this.#line(`${event.stage}: ${event.line}`);
      case 'stage-ended': this.#remove(event.stage); return this.#line(describeEnd(event));
      case 'message': return this.#line(event.line);
      case 'run-started': return this.#line(event.run);
      case 'stage-log':
      case 'run-ended': return;
    }
  }

  close(): void {
    for (const name of [...this.#shown.keys()]) this.#remove(name);
  }

  #show(name: string, progress: Progress | undefined): void {
    const known = this.#shown.get(name) ?? { name, meter: new ThroughputMeter(), since: performance.now(), progress: undefined, throughput: undefined, bar: undefined };
    known.progress = progress ?? known.progress;
    if (progress !== undefined) known.throughput = known.meter.add(progress, performance.now());
    this.#shown.set(name, known);
    this.#draw(known);
  }

  #draw(shown: Shown): void {
    if (this.#makeBars === undefined) return this.#startLoading();
    this.#bars ??= this.#makeBars();
    const { name, progress, throughput, since } = shown;
    const payload: BarPayload = { name, progress, throughput, since };
    if (shown.bar === undefined) shown.bar = this.#bars.create(1, 0, payload);
    else shown.bar.update(0, payload);
  }

  #startLoading(): void {
    if (this.#loading) return;
    this.#loading = true;
    void this.#load().then((makeBars) => {
      this.#makeBars = makeBars;
      for (const shown of this.#shown.values()) this.#draw(shown);
    });
  }

  #line(text: string): void {
    if (this.#bars === undefined) return this.#write(`${text}\n`);
    this.#bars.log(`${text}\n`);
    this.#bars.update();
  }

  #remove(name: string): void {
    const shown = this.#shown.get(name);
    this.#shown.delete(name);
    if (shown?.bar !== undefined) this.#bars?.remove(shown.bar);
    if (this.#shown.size > 0) return;
    this.#bars?.stop();
    this.#bars = undefined;
  }
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
