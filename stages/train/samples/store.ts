/**
 * The samples that any run of this trajectory has drawn, beside its checkpoints: a run that continues from a checkpoint
 * cannot draw those of earlier epochs any more. The checkpoint holds their digests.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../checkpoint/durable.ts';

export class SampleStore {
  readonly #folder: string;
  readonly #digests: Record<string, string>;

  /** `digests`: sha256 by file name, as the checkpoint says them. */
  constructor(folder: string, digests: Readonly<Record<string, string>> = {}) {
    this.#folder = folder;
    this.#digests = { ...digests };
  }

  get digests(): Readonly<Record<string, string>> {
    return { ...this.#digests };
  }

  /** Undefined where it was never drawn, or is gone or damaged. */
  async get(name: string): Promise<Uint8Array | undefined> {
    if (!(name in this.#digests)) return undefined;
    const png = await readFile(join(this.#folder, name)).catch(() => undefined);
    return png && sha256(png) === this.#digests[name] ? png : undefined;
  }

  async put(name: string, png: Uint8Array): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await writeAtomically(join(this.#folder, name), png);
    this.#digests[name] = sha256(png);
  }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
