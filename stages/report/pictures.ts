/** The pictures of a page: the first ones embedded, so that the page can be mailed; those beyond the budget linked. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { html, type Html } from './html.ts';

/** Bytes of pictures that a page holds itself. */
export const EMBEDDED_BYTES = 3_000_000;

export class Pictures {
  readonly #folder: string;
  #left: number;

  constructor(folder: string, budget = EMBEDDED_BYTES) {
    this.#folder = folder;
    this.#left = budget;
  }

  /** An `<img>` of the PNG at `path` in the run folder; nothing where it is gone. Ask for the most important ones first. */
  async image(path: string, description: string): Promise<Html> {
    const bytes = await readFile(join(this.#folder, path)).catch(() => undefined);
    if (bytes === undefined) return html``;
    const embedded = bytes.length <= this.#left;
    if (embedded) this.#left -= bytes.length;
    const source = embedded ? `data:image/png;base64,${bytes.toString('base64')}` : path.split('/').map(encodeURIComponent).join('/');
    return html`<img src="${source}" alt="${description}" loading="lazy">`;
  }
}
