/**
 * The samples that any run of this trajectory has drawn, beside its checkpoints: a run that continues from a checkpoint
 * cannot draw those of earlier epochs any more. The checkpoint holds their digests. Runs that sample another split draw
 * other images, which may have the same names: each split has a folder.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Split } from '../../image-set/image-set.ts';
import { writeAtomically } from '../checkpoint/durable.ts';

export class SampleStore {
  readonly #folder: string;
  readonly #split: Split;
  readonly #digests: Record<string, string>;

  /** `digests`: sha256 by split and file name (`test/epoch-…`), as the checkpoint says them. */
  constructor(folder: string, split: Split, digests: Readonly<Record<string, string>> = {}) {
    this.#folder = folder;
    this.#split = split;
    this.#digests = { ...digests };
  }

  get digests(): Readonly<Record<string, string>> {
    return { ...this.#digests };
  }

  /** Undefined where it was never drawn, or is gone or damaged. */
  async get(name: string): Promise<Uint8Array | undefined> {
    const path = this.#path(name);
    if (!(path in this.#digests)) return undefined;
    const png = await readFile(join(this.#folder, path)).catch(() => undefined);
    return png && sha256(png) === this.#digests[path] ? png : undefined;
  }

  async put(name: string, png: Uint8Array): Promise<void> {
    const path = this.#path(name);
    await mkdir(join(this.#folder, this.#split), { recursive: true });
    await writeAtomically(join(this.#folder, path), png);
    this.#digests[path] = sha256(png);
  }

  #path(name: string): string {
    return `${this.#split}/${name}`;
  }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
