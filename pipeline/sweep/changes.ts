/** What the executor says between two looks. */
export class Changes {
  #wake: (() => void) | undefined;
  #pending = false;
  /** Undefined: it may be any. */
  #jobs: Set<string> | undefined = new Set();

  /** `jobs`: those that it is about; undefined: perhaps all. */
  readonly note = (jobs?: readonly string[]): void => {
    if (jobs === undefined) this.#jobs = undefined;
    else for (const job of jobs) this.#jobs?.add(job);
    this.#pending = true;
    this.#wake?.();
  };

  /** Resolves at the next change, or one since the last call, or after so many milliseconds: with the jobs it was about, undefined for perhaps all. */
  async next(milliseconds: number): Promise<ReadonlySet<string> | undefined> {
    const isTold = this.#pending || await this.#wait(milliseconds);
    const jobs = this.#jobs;
    this.#wake = undefined;
    this.#pending = false;
    this.#jobs = new Set();
    return isTold ? jobs : undefined;
  }

  /** Whether there was a change. */
  #wait(milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), milliseconds);
      this.#wake = () => { clearTimeout(timer); resolve(true); };
    });
  }
}
