/** What training writes, epoch by epoch: metrics.jsonl, samples, networks and TensorBoard's event files; the networks at its end. */
import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { networkNames } from '../model/networks.ts';
import type { Networks } from '../model/networks.ts';
import type { EpochMetrics } from './history.ts';
import type { KeptFile } from './kept-files.ts';
import type { SampleFile } from './samples/epoch-samples.ts';
import { readSampleName } from './samples/sample-name.ts';
import { pngSize } from './samples/triptych.ts';
import { TensorBoardLog } from './tensorboard/log.ts';
import { encodeGraph, networkNodes } from './tensorboard/network-graph.ts';

/** What is made of an epoch besides its metrics. */
export interface EpochFiles {
  readonly samples: readonly SampleFile[];
  /** `epoch-0050/<network>/<file>`. */
  readonly networks: readonly KeptFile[];
}

export class TrainingOutputs {
  readonly #out: string;
  readonly #tensorBoard: TensorBoardLog;
  #graph: Uint8Array | undefined;

  /** `out` is the stage's output folder; `epochs` is how many there will be. */
  constructor(out: string, epochs: number, networks: Networks) {
    this.#out = out;
    this.#tensorBoard = new TensorBoardLog(join(out, 'tensorboard'), epochs);
    this.#graph = encodeGraph(networkNames.flatMap((name) => networkNodes(name, networks[name])));
  }

  /** Adds an epoch that ended at `time` (seconds since 1970); returns the paths, relative to the output folder, of what changed. */
  async addEpoch(metrics: EpochMetrics, time: number, { samples, networks }: EpochFiles): Promise<string[]> {
    await appendFile(join(this.#out, metricsFile), `${JSON.stringify(metrics)}\n`);
    const files = [...samples.map(({ name, png }) => ({ path: `samples/${name}`, content: png })), ...networks.map(inModels)];
    await this.#write(files);
    const events = await this.#logEpoch(metrics, time, samples);
    return [metricsFile, ...files.map(({ path }) => path), ...(events ? [`tensorboard/${events}`] : [])];
  }

  /** models/<network>/model.json and weights.bin, in the tfjs layers format. */
  async writeNetworks(files: readonly KeptFile[]): Promise<void> {
    await this.#write(files.map(inModels));
  }

  /** Takes all epochs back; returns the path of what changed. */
  async clear(): Promise<string[]> {
    for (const path of ['samples', 'models', 'tensorboard']) await rm(join(this.#out, path), { recursive: true, force: true });
    await writeFile(join(this.#out, metricsFile), '');
    return [metricsFile];
  }

  async #logEpoch(metrics: EpochMetrics, time: number, samples: readonly SampleFile[]): Promise<string | undefined> {
    if (this.#graph) this.#tensorBoard.add({ kind: 'graph', time, graph: this.#graph });
    this.#graph = undefined;
    this.#tensorBoard.add({ kind: 'scalars', step: metrics.epoch, time, scalars: scalarsOf(metrics) });
    const images = samples.map(({ name, png }) => ({ tag: sampleTag(name), png, ...pngSize(png) }));
    if (images.length > 0) this.#tensorBoard.add({ kind: 'images', step: metrics.epoch, time, images });
    return this.#tensorBoard.endEpoch(metrics.epoch);
  }

  async #write(files: readonly KeptFile[]): Promise<void> {
    for (const { path, content } of files) {
      const file = join(this.#out, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
  }
}

const metricsFile = 'metrics.jsonl';

const inModels = ({ path, content }: KeptFile): KeptFile => ({ path: `models/${path}`, content });

/** `losses/` for each term; TensorBoard groups by what stands before the slash. */
function scalarsOf({ generator_loss, discriminator_loss, terms, learning_rate }: EpochMetrics): Record<string, number> {
  const named = Object.entries(terms).map(([name, value]) => [`losses/${name}`, value]);
  return { generator_loss, discriminator_loss, ...Object.fromEntries(named), learning_rate };
}

/** `epoch-0010-AtoB-lake.png` → `AtoB/lake`: the epoch is the step, so that TensorBoard shows one slider an image. */
function sampleTag(name: string): string {
  const sample = readSampleName(name);
  return sample ? `${sample.translation}/${sample.image}` : name;
}
