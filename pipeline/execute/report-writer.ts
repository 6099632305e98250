/** Renders the report when there is something new, one rendering at a time, and never lets a failing one stop the run. */
import type { Catalog } from '../catalog.ts';

export class ReportWriter {
  readonly #catalog: Catalog;
  readonly #folder: string;
  readonly #warn: (line: string) => void;
  #running: Promise<void> | undefined;
  #wanted = false;
  #path: string | undefined;

  constructor(catalog: Catalog, folder: string, warn: (line: string) => void) {
    this.#catalog = catalog;
    this.#folder = folder;
    this.#warn = warn;
  }

  /** Asks for a rendering soon. Requests during one are answered by one more after it. */
  request(): void {
    this.#wanted = true;
    this.#running ??= this.#renderWhileWanted();
  }

  /** Renders once more, and resolves to the report's path; undefined where it could not be written. */
  async finish(): Promise<string | undefined> {
    this.request();
    await this.#running;
    return this.#path;
  }

  async #renderWhileWanted(): Promise<void> {
    while (this.#wanted) {
      this.#wanted = false;
      try {
        this.#path = await this.#catalog.writeReport(this.#folder);
      } catch (error) {
        this.#path = undefined;
        this.#warn(`the report could not be written: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    this.#running = undefined;
  }
}
