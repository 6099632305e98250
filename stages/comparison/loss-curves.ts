/** metrics.jsonl read line by line: a long training's is never in memory whole. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { CurvePoint } from '../../pipeline/catalog.ts';
import type { EpochMetrics } from '../train/history.ts';

export interface LossCurve {
  readonly name: string;
  readonly points: readonly CurvePoint[];
  readonly last: number;
  readonly best: { readonly value: number; readonly epoch: number };
}

export interface LossCurves {
  readonly losses: readonly LossCurve[];
  /** The last epoch; undefined where there is none. */
  readonly end: { readonly epoch: number; readonly iteration: number } | undefined;
  /** Lines that are no epoch: one that is being written, or damage. */
  readonly unread: number;
}

/** Of more epochs, neighbours are averaged: no chart shows more. */
const mostPoints = 1024;

/** Every loss of the file, in its order. Undefined where there is no file. Errors of the file system are thrown. */
export async function readLossCurves(file: string): Promise<LossCurves | undefined> {
  const curves = new Map<string, ThinnedCurve>();
  let unread = 0;
  let end: LossCurves['end'];
  const input = createReadStream(file, 'utf8');
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      if (line.trim() === '') continue;
      const epoch = epochOf(line);
      if (epoch === undefined) {
        unread += 1;
        continue;
      }
      end = { epoch: epoch.epoch, iteration: epoch.iteration };
      for (const [name, value] of lossesOf(epoch)) curveOf(curves, name).add(epoch, value);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  } finally {
    input.destroy();
  }
  return { losses: [...curves].flatMap(([name, curve]) => curve.finished(name)), end, unread };
}

function curveOf(curves: Map<string, ThinnedCurve>, name: string): ThinnedCurve {
  const curve = curves.get(name) ?? new ThinnedCurve();
  curves.set(name, curve);
  return curve;
}

function epochOf(line: string): EpochMetrics | undefined {
  try {
    const value = JSON.parse(line) as Partial<EpochMetrics> | null;
    const isEpoch = typeof value?.epoch === 'number' && typeof value.iteration === 'number' && typeof value.terms === 'object' && value.terms !== null;
    return isEpoch ? value as EpochMetrics : undefined;
  } catch {
    return undefined;
  }
}

const lossesOf = ({ generator_loss, discriminator_loss, terms }: EpochMetrics): readonly (readonly [string, unknown])[] =>
  [['generator_loss', generator_loss], ['discriminator_loss', discriminator_loss], ...Object.entries(terms)];

/** The points so far; each stands for `stride` epochs. The last value and the least are kept exactly. */
class ThinnedCurve {
  #points: CurvePoint[] = [];
  #stride = 1;
  #open: { sum: number; count: number; iteration: number } | undefined;
  #last = Number.NaN;
  #best = { value: Infinity, epoch: 0 };

  add({ epoch, iteration }: EpochMetrics, value: unknown): void {
    if (typeof value !== 'number') return; // JSON has no NaN: a loss that was none is null
    this.#last = value;
    if (value < this.#best.value) this.#best = { value, epoch };
    this.#open = { sum: (this.#open?.sum ?? 0) + value, count: (this.#open?.count ?? 0) + 1, iteration };
    if (this.#open.count === this.#stride) this.#close();
    if (this.#points.length >= 2 * mostPoints) this.#halve();
  }

  finished(name: string): readonly LossCurve[] {
    this.#close();
    return this.#points.length === 0 ? [] : [{ name, points: this.#points, last: this.#last, best: this.#best }];
  }

  #close(): void {
    if (this.#open === undefined) return;
    this.#points.push({ iteration: this.#open.iteration, value: this.#open.sum / this.#open.count });
    this.#open = undefined;
  }

  #halve(): void {
    this.#points = this.#points.flatMap((point, index, all) => (index % 2 === 0 ? [] : [{ iteration: point.iteration, value: (point.value + all[index - 1]!.value) / 2 }]));
    this.#stride *= 2;
  }
}
