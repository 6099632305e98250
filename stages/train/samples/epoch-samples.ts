/** The samples of each epoch: drawn when their epoch ends, found again when a run continues. */
import type { SampleFile } from '../outputs.ts';
import { sampleEpoch } from './choose.ts';
import type { Sampler } from './sampler.ts';
import type { SampleStore } from './store.ts';

export interface SampleSchedule {
  readonly sample_every: number;
  readonly epochs: number;
}

export class EpochSamples {
  readonly #sampler: Sampler;
  readonly #store: SampleStore;
  readonly #schedule: SampleSchedule;

  constructor(sampler: Sampler, store: SampleStore, schedule: SampleSchedule) {
    this.#sampler = sampler;
    this.#store = store;
    this.#schedule = schedule;
  }

  /** sha256 of all that were drawn so far, for the checkpoint. */
  get digests(): Readonly<Record<string, string>> {
    return this.#store.digests;
  }

  /** Draws those of the epoch that ends now; none where the schedule asks for none. */
  async draw(epoch: number): Promise<readonly SampleFile[]> {
    if (!this.#due(epoch)) return [];
    const drawn = await this.#sampler.draw(epoch);
    for (const { name, png } of drawn) await this.#store.put(name, png);
    return drawn;
  }

  /** Those that the schedule asks for of an epoch before; undefined where not all of them were drawn then. */
  async find(epoch: number): Promise<readonly SampleFile[] | undefined> {
    if (!this.#due(epoch)) return [];
    const found: SampleFile[] = [];
    for (const name of this.#sampler.names(epoch)) {
      const png = await this.#store.get(name);
      if (!png) return undefined;
      found.push({ name, png });
    }
    return found;
  }

  #due(epoch: number): boolean {
    return sampleEpoch(epoch, this.#schedule.sample_every, this.#schedule.epochs);
  }
}
