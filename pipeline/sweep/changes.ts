/** What the executor says between two looks. */
export class Changes {
  #wake: (() => void) | undefined;
  #pending = false;

  readonly note = (): void => {
    this.#pending = true;
    this.#wake?.();
  };

  /** Resolves at the next change, or one since the last call, or after so many milliseconds. */
  async next(milliseconds: number): Promise<void> {
    if (!this.#pending) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.#wake = () => { clearTimeout(timer); resolve(); };
      });
    }
    this.#wake = undefined;
    this.#pending = false;
  }
}
