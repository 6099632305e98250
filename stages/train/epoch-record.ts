/** What is kept of each epoch: made when the epoch ends, and made again when a run continues. */
import { join } from 'node:path';
import type { Tf } from '../engine/tf.ts';
import type { StageContext } from '../../pipeline/stage.ts';
import type { TrainingPosition } from './checkpoint/checkpoint.ts';
import { EpochNetworks } from './epoch-networks.ts';
import type { EpochMetrics, History } from './history.ts';
import { KeptFiles } from './kept-files.ts';
import { NetworkFiles } from './network-files.ts';
import type { EpochFiles, TrainingOutputs } from './outputs.ts';
import type { TrainParams } from './params.ts';
import { EpochSamples } from './samples/epoch-samples.ts';
import type { Sample, Sampler } from './samples/sampler.ts';
import type { Timetable } from './timetable.ts';
import type { TrainingState } from './training-state.ts';

export interface EpochRecordParts {
  readonly context: StageContext<TrainParams>;
  readonly tf: Tf;
  readonly state: TrainingState;
  readonly sampler: Sampler;
  readonly timetable: Timetable;
  readonly outputs: TrainingOutputs;
}

type Digests = Required<Pick<TrainingPosition, 'samples' | 'models'>>;

export class EpochRecord {
  readonly #parts: EpochRecordParts;
  readonly #kept: { readonly samples: KeptFiles; readonly models: KeptFiles };
  readonly #samples: EpochSamples;
  readonly #networks: EpochNetworks;

  /** Goes on with what a checkpoint's position says was kept. */
  constructor(parts: EpochRecordParts, position?: Pick<TrainingPosition, 'samples' | 'models'>) {
    const { context, tf, state, sampler, timetable } = parts;
    const folder = context.checkpoints!;
    this.#parts = parts;
    this.#kept = { samples: new KeptFiles(join(folder, 'samples'), position?.samples), models: new KeptFiles(join(folder, 'models'), position?.models) };
    this.#samples = new EpochSamples(sampler, this.#kept.samples, context.params);
    this.#networks = new EpochNetworks(new NetworkFiles(tf, state), this.#kept.models, timetable);
  }

  /** sha256 of all that was kept so far, for the checkpoint. */
  get digests(): Digests {
    return { samples: this.#kept.samples.digests, models: this.#kept.models.digests };
  }

  /** Adds the epoch that ends now, and shows it in the run folder; resolves to its samples. */
  async add(metrics: EpochMetrics, time: number): Promise<readonly Sample[]> {
    const { context, outputs } = this.#parts;
    const networks = await this.#networks.save(metrics.epoch);
    const samples = await this.#samples.draw(metrics.epoch);
    await context.publish(await outputs.addEpoch(metrics, time, { samples, networks }));
    return samples;
  }

  /**
   * Adds all epochs of a history again, from what the runs of this trajectory kept. `weightsOf` is the epoch whose weights
   * are here, if one's are: of it all can still be made. Says in a line what cannot be found nor made.
   */
  async repeat({ epochs, epochEnds }: History, weightsOf: number | undefined): Promise<void> {
    const { context, outputs } = this.#parts;
    const paths = new Set<string>();
    const missing = { samples: [] as number[], networks: [] as number[] };
    for (const [index, metrics] of epochs.entries()) {
      const { epoch } = metrics;
      const { samples, networks } = await this.#find(epoch, epoch === weightsOf);
      if (!samples) missing.samples.push(epoch);
      if (!networks) missing.networks.push(epoch);
      for (const path of await outputs.addEpoch(metrics, epochEnds[index]!, { samples: samples ?? [], networks: networks ?? [] })) paths.add(path);
    }
    if (missing.samples.length > 0) {
      context.warn(`no samples of epoch ${missing.samples.join(', ')}: the run that trained to there drew none of them, and its weights are gone`);
    }
    if (missing.networks.length > 0) {
      context.warn(`no models of epoch ${missing.networks.join(', ')}: the run that trained to there kept none of them, and its weights are gone`);
    }
    if (paths.size > 0) await context.publish([...paths]);
  }

  /** Those that were kept, or where the epoch's weights are here, made now; undefined where neither can be. */
  async #find(epoch: number, weightsAreHere: boolean): Promise<Partial<EpochFiles>> {
    const samples = (await this.#samples.find(epoch)) ?? (weightsAreHere ? await this.#samples.draw(epoch) : undefined);
    const networks = (await this.#networks.find(epoch)) ?? (weightsAreHere ? await this.#networks.save(epoch) : undefined);
    return { ...(samples && { samples }), ...(networks && { networks }) };
  }
}
