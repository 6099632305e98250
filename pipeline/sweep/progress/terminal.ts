/**
 * A sweep on a terminal: a line for each trial that runs, one for all of them together, and above these a line for each that
 * has ended. cli-progress only draws.
 */
import type { MultiBar, SingleBar } from 'cli-progress';
import { ThroughputMeter, type Throughput } from '../../progress/throughput.ts';
import { countText, doneText, durationText, figuresText } from '../../progress/words.ts';
import type { Progress } from '../../stage.ts';
import type { SweepCounts, SweepEvent, SweepReporter } from '../sweep-events.ts';
import { describeCounts, describeJobEnd } from './job-lines.ts';

/** A trial that runs. */
interface Shown {
  readonly title: string;
  readonly since: number;
  stage: string | undefined;
  progress: Progress | undefined;
  meter: ThroughputMeter;
  throughput: Throughput | undefined;
  bar: SingleBar | undefined;
}

interface Payload {
  readonly line: (columns: number) => string;
}

export interface TerminalSweepOptions {
  readonly stream: NodeJS.WriteStream;
  readonly color: boolean;
}

/** More lines than a terminal has would scroll: the trials that started last are left out. */
const linesAtMost = 12;

/** Draws on `stream`, which must be a terminal. */
export function terminalSweepReporter({ stream, color }: TerminalSweepOptions): SweepReporter {
  return new TerminalSweepReporter(stream, color);
}

class TerminalSweepReporter implements SweepReporter {
  readonly #stream: NodeJS.WriteStream;
  readonly #color: boolean;
  readonly #shown = new Map<string, Shown>();
  readonly #started = performance.now();
  #counts: SweepCounts | undefined;
  #total: SingleBar | undefined;
  #makeBars: (() => MultiBar) | undefined;
  #loading = false;
  #bars: MultiBar | undefined;
  /** How many had ended when this process began: the rate is of what it does. */
  #before = 0;

  constructor(stream: NodeJS.WriteStream, color: boolean) {
    this.#stream = stream;
    this.#color = color;
  }

  report(event: SweepEvent): void {
    switch (event.event) {
      case 'sweep-planned': return this.#line(event.text);
      case 'sweep-started':
        this.#counts = event.counts;
        this.#before = event.counts.rungs?.ended ?? event.counts.done;
        return this.#line(event.folder);
      case 'message': return this.#line(event.line);
      case 'preparing':
        this.#show(event.label, event.label, undefined, event.progress);
        if (event.progress.done === event.progress.total) this.#remove(event.label);
        return;
      case 'job-started': return this.#show(event.job, event.title, undefined, undefined);
      case 'job-progress': return this.#show(event.job, event.title, event.stage, event.progress);
      case 'job-ended':
        this.#counts = event.counts;
        this.#remove(event.job);
        return this.#line(describeJobEnd(event));
      case 'sweep-ended':
        this.close();
        return this.#line(describeCounts(event.counts));
    }
  }

  close(): void {
    this.#shown.clear();
    this.#bars?.stop();
    this.#bars = undefined;
    this.#total = undefined;
  }

  #show(name: string, title: string, stage: string | undefined, progress: Progress | undefined): void {
    const known = this.#shown.get(name) ?? { title, since: performance.now(), stage, progress, meter: new ThroughputMeter(), throughput: undefined, bar: undefined };
    if (stage !== known.stage) known.meter = new ThroughputMeter();
    known.stage = stage ?? known.stage;
    known.progress = progress ?? known.progress;
    if (progress !== undefined) known.throughput = known.meter.add(progress, performance.now());
    this.#shown.set(name, known);
    this.#draw(known);
  }

  #draw(shown: Shown): void {
    if (this.#makeBars === undefined) return this.#load();
    this.#bars ??= this.#makeBars();
    const payload: Payload = { line: (columns) => jobLine(shown, columns, this.#color) };
    if (shown.bar !== undefined) shown.bar.update(0, payload);
    else if ([...this.#shown.values()].filter(({ bar }) => bar !== undefined).length < linesAtMost) shown.bar = this.#bars.create(1, 0, payload);
    if (this.#counts === undefined) return;
    const total: Payload = { line: (columns) => this.#totalLine(columns) };
    if (this.#total === undefined) this.#total = this.#bars.create(1, 0, total);
    else this.#total.update(0, total);
  }

  #load(): void {
    if (this.#loading) return;
    this.#loading = true;
    void import('cli-progress').then(({ default: { MultiBar: Bars } }) => {
      this.#makeBars = () => new Bars({
        stream: this.#stream, fps: 4, hideCursor: true, clearOnComplete: true, gracefulExit: false, emptyOnZero: true, autopadding: false,
        format: (_options, _params, payload: Payload) => payload.line(this.#stream.columns || 80),
      });
      for (const shown of this.#shown.values()) this.#draw(shown);
    });
  }

  #totalLine(columns: number): string {
    const counts = this.#counts!;
    const [ended, all, what] = counts.rungs === undefined ? [counts.done + counts.failed, counts.trials, 'trials'] : [counts.rungs.ended, Math.max(counts.rungs.ended, counts.rungs.expected), 'rung runs'];
    const now = ended - this.#before;
    const seconds = (performance.now() - this.#started) / 1000;
    const left = now <= 0 ? undefined : (seconds / now) * (all - ended);
    const running = [...this.#shown.keys()].length;
    const parts = [`${bar(all === 0 ? 0 : ended / all)} ${countText(ended)} of ${countText(all)} ${what}`, `${running} running`, ...(counts.failed === 0 ? [] : [`${counts.failed} failed`]), ...(left === undefined || left === 0 ? [] : [`about ${durationText(left)} left`])];
    return painted(cut(parts.join('  '), columns), this.#color);
  }

  #line(text: string): void {
    if (this.#bars === undefined) return void this.#stream.write(`${text}\n`);
    this.#bars.log(`${text}\n`);
    this.#bars.update();
  }

  #remove(name: string): void {
    const shown = this.#shown.get(name);
    this.#shown.delete(name);
    if (shown?.bar !== undefined) this.#bars?.remove(shown.bar);
    // The next of those that had no room gets the line.
    const waiting = [...this.#shown.values()].find(({ bar: own }) => own === undefined);
    if (waiting !== undefined) this.#draw(waiting);
    if (this.#shown.size > 0) return;
    this.#bars?.stop();
    this.#bars = undefined;
    this.#total = undefined;
  }
}

const barWidth = 16;

const bar = (share: number): string => '█'.repeat(Math.round(share * barWidth)).padEnd(barWidth, '░');

function jobLine({ title, stage, progress, throughput, since }: Shown, columns: number, color: boolean): string {
  if (progress === undefined) return cut(`${title}  ${durationText((performance.now() - since) / 1000)}`, columns);
  const { total } = progress;
  const share = total === undefined || total === 0 ? undefined : Math.min(1, progress.done / total);
  const parts = [
    share === undefined ? undefined : `${bar(share)} ${String(Math.floor(share * 100)).padStart(3)}%`,
    [stage, progress.phase ?? doneText(progress)].filter((part) => part !== undefined).join(' '),
    throughput?.secondsLeft === undefined ? undefined : `${durationText(throughput.secondsLeft)} left`,
    progress.figures === undefined ? undefined : figuresText(progress.figures),
  ].filter((part) => part !== undefined);
  return painted(cut(`${title}  ${parts.join('  ')}`, columns), color);
}

const painted = (text: string, color: boolean): string => (color ? text.replace(/█+/, (filled) => `\u001b[36m${filled}\u001b[39m`) : text);

const cut = (text: string, columns: number): string => (text.length < columns ? text : `${text.slice(0, Math.max(0, columns - 2))}…`);
