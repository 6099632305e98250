/** How bright the images of both domains are: a histogram of luminance for each. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineStage, failures } from 'giverny';
import { readNpy } from './read-npy.ts';

interface Params {
  readonly bins: number;
  readonly split: 'train' | 'test';
}

const failed = failures({
  'no-arrays': { exit: 1, when: 'What the stage reads has no arrays of that split.' },
});

export default defineStage<Params>({
  summary: 'Histograms of luminance, one for each domain.',
  schema: {
    properties: {
      bins: { description: 'How many bins the range [-1, 1] is divided into.', type: 'integer', minimum: 2, maximum: 256, default: 16 },
      split: { description: 'Of which images.', enum: ['train', 'test'], default: 'train' },
    },
  },
  inputs: { min: 1, max: 1 },
  reads: ['arrays'],
  outputs: [
    { path: 'histogram.json', kind: 'reproducible', inRunFolder: true },
    { path: 'histogram.csv', kind: 'reproducible', inRunFolder: true },
  ],
  async run({ params: { bins, split }, inputs: [normalized], out, progress, log, stop }) {
    const histograms: Record<string, number[]> = {};
    for (const [done, domain] of (['A', 'B'] as const).entries()) {
      const path = `${split}/${domain}.npy`;
      if (!normalized!.files.some((file) => file.path === path)) return failed('no-arrays', `${normalized!.stage} made no ${path}`);
      const { shape, values } = await readNpy(normalized!.locate(path));
      histograms[domain] = histogramOf(values, shape.at(-1)!, bins);
      log(`${domain}: ${shape.join(' × ')}`);
      progress({ done: done + 1, total: 2, unit: 'files' });
      stop.throwIfAborted();
    }
    await writeFile(join(out, 'histogram.json'), `${JSON.stringify(histograms, undefined, 1)}\n`);
    await writeFile(join(out, 'histogram.csv'), csvOf(histograms, bins));
  },
});

/** Counts of pixels; values in [-1, 1], channels last. */
function histogramOf(values: Float32Array, channels: number, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (let pixel = 0; pixel < values.length; pixel += channels) {
    const [red, green, blue] = [values[pixel]!, values[pixel + 1] ?? values[pixel]!, values[pixel + 2] ?? values[pixel]!];
    const luminance = 0.299 * red + 0.587 * green + 0.114 * blue;
    const bin = Math.min(bins - 1, Math.floor(((luminance + 1) / 2) * bins));
    counts[bin] = counts[bin]! + 1;
  }
  return counts;
}

function csvOf(histograms: Readonly<Record<string, readonly number[]>>, bins: number): string {
  const rows = Array.from({ length: bins }, (_, bin) => [-1 + (2 * bin) / bins, ...Object.values(histograms).map((counts) => counts[bin]!)].join(','));
  return `${['from', ...Object.keys(histograms)].join(',')}\n${rows.join('\n')}\n`;
}
