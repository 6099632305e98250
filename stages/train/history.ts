/** What metrics.jsonl says: the mean losses of every epoch, and the sums of the epoch under way. */
import type { TrainingPosition } from './checkpoint/checkpoint.ts';

/** One line of metrics.jsonl. Losses are means over the epoch's iterations. */
export interface EpochMetrics {
  /** Counted from 1. */
  readonly epoch: number;
  /** Iterations since the beginning of training. */
  readonly iteration: number;
  readonly generator_loss: number;
  readonly discriminator_loss: number;
  /** Each term of the losses, unweighted. */
  readonly terms: Readonly<Record<string, number>>;
  readonly learning_rate: number;
}

type Terms = Readonly<Record<string, number>>;

export class History {
  readonly #metrics: EpochMetrics[];
  readonly #epochEnds: number[];
  #sums: Record<string, number>;

  /** Empty, or going on from a checkpoint's `position` and the lines of its metrics.jsonl. */
  constructor(position?: TrainingPosition, lines: readonly string[] = []) {
    this.#metrics = lines.map((line) => JSON.parse(line) as EpochMetrics);
    this.#epochEnds = [...(position?.epochEnds ?? [])];
    this.#sums = { ...position?.lossSums };
  }

  get epochs(): readonly EpochMetrics[] {
    return this.#metrics;
  }

  /** When each epoch ended, seconds since 1970. */
  get epochEnds(): readonly number[] {
    return this.#epochEnds;
  }

  get lossSums(): Terms {
    return { ...this.#sums };
  }

  get lines(): readonly string[] {
    return this.#metrics.map((metrics) => JSON.stringify(metrics));
  }

  addIteration(terms: Terms): void {
    for (const [name, value] of Object.entries(terms)) this.#sums[name] = (this.#sums[name] ?? 0) + value;
  }

  /** Means of the epoch that ends now; the next begins. `summarize` gives generator_loss and discriminator_loss. */
  endEpoch(
    at: Pick<EpochMetrics, 'epoch' | 'iteration' | 'learning_rate'> & { readonly iterations: number },
    summarize: (terms: Terms) => Pick<EpochMetrics, 'generator_loss' | 'discriminator_loss'>,
  ): EpochMetrics {
    const { epoch, iteration, learning_rate, iterations } = at;
    const terms = Object.fromEntries(Object.entries(this.#sums).map(([name, sum]) => [name, sum / iterations]));
    const metrics = { epoch, iteration, ...summarize(terms), terms, learning_rate };
    this.#metrics.push(metrics);
    this.#epochEnds.push(Date.now() / 1000);
    this.#sums = {};
    return metrics;
  }
}
