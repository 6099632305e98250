/**
 * Loads item n + 1 while item n is worked on, so that training does not wait for the disk. Items are asked for in order;
 * memory holds two of them, whatever the size of the data.
 */
export class ReadAhead<T> {
  readonly #load: (index: number) => Promise<T>;
  readonly #end: number;
  #next: { readonly index: number; readonly item: Promise<T> } | undefined;

  /** Loads items up to, not including, `end`. */
  constructor(load: (index: number) => Promise<T>, end: number) {
    this.#load = load;
    this.#end = end;
  }

  async get(index: number): Promise<T> {
    const item = this.#next?.index === index ? await this.#next.item : await this.#load(index);
    this.#begin(index + 1);
    return item;
  }

  /** Waits for what is under way; its failure no longer matters. */
  async close(): Promise<void> {
    const next = this.#next;
    this.#next = undefined;
    await next?.item.catch(() => undefined);
  }

  #begin(index: number): void {
    this.#next = undefined;
    if (index >= this.#end) return;
    const item = this.#load(index);
    // A rejection is seen by the `get` that asks for this item; without this it would end the process before.
    item.catch(() => undefined);
    this.#next = { index, item };
  }
}
