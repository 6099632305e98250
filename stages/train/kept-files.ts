/**
 * Files that any run of this trajectory has made of an epoch, beside its checkpoints: a run that continues from a checkpoint
 * cannot make those of earlier epochs any more. The checkpoint holds their digests.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeAtomically } from './checkpoint/durable.ts';

export interface KeptFile {
  /** With forward slashes. */
  readonly path: string;
  readonly content: Uint8Array;
}

export class KeptFiles {
  readonly #folder: string;
  readonly #digests: Record<string, string>;

  /** `digests`: sha256 by path in `folder`, as the checkpoint says them. */
  constructor(folder: string, digests: Readonly<Record<string, string>> = {}) {
    this.#folder = folder;
    this.#digests = { ...digests };
  }

  get digests(): Readonly<Record<string, string>> {
    return { ...this.#digests };
  }

  /** Undefined where one of them was never made, or is gone or damaged. */
  async get(paths: readonly string[]): Promise<readonly KeptFile[] | undefined> {
    const found: KeptFile[] = [];
    for (const path of paths) {
      if (!(path in this.#digests)) return undefined;
      const content = await readFile(join(this.#folder, path)).catch(() => undefined);
      if (!content || sha256(content) !== this.#digests[path]) return undefined;
      found.push({ path, content });
    }
    return found;
  }

  async put(files: readonly KeptFile[]): Promise<void> {
    for (const { path, content } of files) {
      const file = join(this.#folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeAtomically(file, content);
      this.#digests[path] = sha256(content);
    }
  }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
