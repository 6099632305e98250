/** The samples of each epoch: drawn when their epoch ends, found again when a run continues. */
import type { Split } from '../../image-set/image-set.ts';
import type { KeptFiles } from '../kept-files.ts';
import { sampleEpoch } from './choose.ts';
import type { Sample, Sampler } from './sampler.ts';

export interface SampleSchedule {
  readonly sample_every: number;
  readonly sample_split: Split;
  readonly epochs: number;
}

export type SampleFile = Pick<Sample, 'name' | 'png'>;

export class EpochSamples {
  readonly #sampler: Sampler;
  readonly #kept: KeptFiles;
  readonly #schedule: SampleSchedule;

  constructor(sampler: Sampler, kept: KeptFiles, schedule: SampleSchedule) {
    this.#sampler = sampler;
    this.#kept = kept;
    this.#schedule = schedule;
  }

  /** Draws those of the epoch that ends now; none where the schedule asks for none. */
  async draw(epoch: number): Promise<readonly Sample[]> {
    if (!this.#due(epoch)) return [];
    const drawn = await this.#sampler.draw(epoch);
    await this.#kept.put(drawn.map(({ name, png }) => ({ path: this.#path(name), content: png })));
    return drawn;
  }

  /** Those that the schedule asks for of an epoch before; undefined where not all of them were drawn then. */
  async find(epoch: number): Promise<readonly SampleFile[] | undefined> {
    if (!this.#due(epoch)) return [];
    const names = this.#sampler.names(epoch);
    const found = await this.#kept.get(names.map((name) => this.#path(name)));
    return found?.map(({ content }, index) => ({ name: names[index]!, png: content }));
  }

  /** Runs that sample another split draw other images, which may have the same names: each split has a folder. */
  #path(name: string): string {
    return `${this.#schedule.sample_split}/${name}`;
  }

  #due(epoch: number): boolean {
    return sampleEpoch(epoch, this.#schedule.sample_every, this.#schedule.epochs);
  }
}
