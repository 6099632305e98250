/** What training writes, epoch by epoch: metrics.jsonl, samples and TensorBoard's event files; the networks at its end. */
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tf } from '../engine/tf.ts';
import { networkNames } from '../model/networks.ts';
import type { Networks } from '../model/networks.ts';
import { saveModel } from '../model/saved-model.ts';
import type { EpochMetrics } from './history.ts';
import { readSampleName } from './samples/sample-name.ts';
import { pngSize } from './samples/triptych.ts';
import { TensorBoardLog } from './tensorboard/log.ts';
import { encodeGraph, networkNodes } from './tensorboard/network-graph.ts';

export interface SampleFile {
  readonly name: string;
  readonly png: Uint8Array;
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
  async addEpoch(metrics: EpochMetrics, time: number, samples: readonly SampleFile[]): Promise<string[]> {
    await appendFile(join(this.#out, 'metrics.jsonl'), `${JSON.stringify(metrics)}\n`);
    for (const sample of samples) await this.#write(`samples/${sample.name}`, sample.png);
    const events = await this.#logEpoch(metrics, time, samples);
    return ['metrics.jsonl', ...samples.map(({ name }) => `samples/${name}`), ...(events ? [`tensorboard/${events}`] : [])];
  }

  /** models/<network>/model.json and weights.bin, in the tfjs layers format. */
  async writeNetworks(tf: Tf, networks: Networks): Promise<void> {
    for (const name of networkNames) {
      const { modelJson, weights } = await saveModel(tf, networks[name]);
      await this.#write(`models/${name}/model.json`, modelJson);
      await this.#write(`models/${name}/weights.bin`, weights);
    }
  }

  async #logEpoch(metrics: EpochMetrics, time: number, samples: readonly SampleFile[]): Promise<string | undefined> {
    if (this.#graph) this.#tensorBoard.add({ kind: 'graph', time, graph: this.#graph });
    this.#graph = undefined;
    this.#tensorBoard.add({ kind: 'scalars', step: metrics.epoch, time, scalars: scalarsOf(metrics) });
    const images = samples.map(({ name, png }) => ({ tag: sampleTag(name), png, ...pngSize(png) }));
    if (images.length > 0) this.#tensorBoard.add({ kind: 'images', step: metrics.epoch, time, images });
    return this.#tensorBoard.endEpoch(metrics.epoch);
  }

  async #write(path: string, content: string | Uint8Array): Promise<void> {
    const file = join(this.#out, path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, content);
  }
}

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
