/** Pictures within a page, as long as it stays small enough to be mailed. */
import { readFile } from 'node:fs/promises';
import { html, type Html } from '../../report/html.ts';

/** Bytes of pictures. */
export const embeddedBytes = 8_000_000;

export class EmbeddedPictures {
  #left: number;

  constructor(budget = embeddedBytes) {
    this.#left = budget;
  }

  /** The PNG at `file`; beyond the budget, or where it is gone, its name. */
  async image(file: string, description: string): Promise<Html> {
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes === undefined) return html`<span class="note">${file} is gone</span>`;
    if (bytes.length > this.#left) return html`<span class="note">${file}</span>`;
    this.#left -= bytes.length;
    return html`<img src="data:image/png;base64,${bytes.toString('base64')}" alt="${description}" loading="lazy">`;
  }
}
