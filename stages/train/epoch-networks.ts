/** The networks of every `keep_every` epochs: saved when their epoch ends, found again when a run continues. */
import type { KeptFile, KeptFiles } from './kept-files.ts';
import type { NetworkFiles } from './network-files.ts';
import type { Timetable } from './timetable.ts';

export class EpochNetworks {
  readonly #networks: NetworkFiles;
  readonly #kept: KeptFiles;
  readonly #timetable: Timetable;

  constructor(networks: NetworkFiles, kept: KeptFiles, timetable: Timetable) {
    this.#networks = networks;
    this.#kept = kept;
    this.#timetable = timetable;
  }

  /** Those of the epoch that ends now, as `epoch-0050/<network>/<file>`; none where keep_every asks for none. */
  async save(epoch: number): Promise<readonly KeptFile[]> {
    if (!this.#timetable.keepsNetworks(epoch)) return [];
    const saved = await this.#networks.save();
    const files = saved.map(({ path, content }) => ({ path: `${folderOf(epoch)}/${path}`, content }));
    await this.#kept.put(files);
    return files;
  }

  /** Those that keep_every asks for of an epoch before; undefined where they were not kept then. */
  async find(epoch: number): Promise<readonly KeptFile[] | undefined> {
    if (!this.#timetable.keepsNetworks(epoch)) return [];
    return this.#kept.get(this.#networks.paths.map((path) => `${folderOf(epoch)}/${path}`));
  }
}

const folderOf = (epoch: number) => `epoch-${String(epoch).padStart(4, '0')}`;
