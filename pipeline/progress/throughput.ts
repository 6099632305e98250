/** How fast a stage goes and when it will end, from what it said of its progress. */
import type { Progress } from '../stage.ts';

/** Samples older than this, in milliseconds, no longer count: the rate follows what happens now. */
const windowLength = 30_000;

export interface Throughput {
  /** Units a second over the last half minute; undefined until two samples are apart. */
  readonly perSecond: number | undefined;
  /** Seconds until `total`; undefined where total or rate is unknown. */
  readonly secondsLeft: number | undefined;
}

/** Counts from the first sample it sees, so that a continued stage is not taken for a fast one. */
export class ThroughputMeter {
  #samples: { readonly time: number; readonly done: number }[] = [];
  #unit: Progress['unit'] | undefined;

  /** `now` in milliseconds, of a clock that only goes forward. */
  add(progress: Progress, now: number): Throughput {
    const last = this.#samples.at(-1);
    if (progress.unit !== this.#unit || (last !== undefined && progress.done < last.done)) this.#samples = [];
    this.#unit = progress.unit;
    this.#samples.push({ time: now, done: progress.done });
    while (this.#samples.length > 2 && now - this.#samples[1]!.time > windowLength) this.#samples.shift();
    // Thousands of samples a second must not pile up: beyond 64, every second one is enough.
    if (this.#samples.length > 64) this.#samples = this.#samples.filter((_, index) => index % 2 === 0 || index === this.#samples.length - 1);
    return this.#measure(progress);
  }

  #measure(progress: Progress): Throughput {
    const first = this.#samples[0]!;
    const last = this.#samples.at(-1)!;
    const seconds = (last.time - first.time) / 1000;
    const perSecond = seconds > 0.2 && last.done > first.done ? (last.done - first.done) / seconds : undefined;
    const left = progress.total === undefined ? 0 : progress.total - progress.done;
    const secondsLeft = perSecond !== undefined && left > 0 ? left / perSecond : undefined;
    return { perSecond, secondsLeft };
  }
}
