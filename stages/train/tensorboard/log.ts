/**
 * The event files of a run. A file that TensorBoard follows must only grow, but files are published into a run folder
 * whole: so each holds a fixed span of epochs and is written once, when the span is over. There are about a hundred at
 * most, however long the run, and a run that continues writes the same files again. TensorBoard reads the files of a folder
 * in the order of their names as one log.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../checkpoint/durable.ts';
import { encodeEventFile } from './event-file.ts';
import type { TensorBoardEvent } from './event-file.ts';

const filesAtMost = 100;

export class TensorBoardLog {
  readonly #folder: string;
  readonly #epochs: number;
  readonly #epochsPerFile: number;
  #pending: TensorBoardEvent[] = [];

  /** `folder` is made when it is needed; `epochs` is how many the whole run will have. */
  constructor(folder: string, epochs: number) {
    this.#folder = folder;
    this.#epochs = epochs;
    this.#epochsPerFile = Math.ceil(epochs / filesAtMost);
  }

  add(event: TensorBoardEvent): void {
    this.#pending.push(event);
  }

  /** To be called after each epoch (counted from 1): writes the file whose span is over, if one is, and returns its name. */
  async endEpoch(epoch: number): Promise<string | undefined> {
    if (epoch % this.#epochsPerFile !== 0 && epoch !== this.#epochs) return undefined;
    const span = Math.ceil(epoch / this.#epochsPerFile);
    const name = `events.out.tfevents.${String(span).padStart(10, '0')}.giverny`;
    await mkdir(this.#folder, { recursive: true });
    await writeAtomically(join(this.#folder, name), encodeEventFile(this.#pending));
    this.#pending = [];
    return name;
  }
}
