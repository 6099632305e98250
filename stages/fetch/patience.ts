/** Ends a connection over which nothing comes: a server that is silent would be waited for without an end. */
export class Patience {
  /** True once it has ended the connection. */
  stalled = false;
  readonly #controller = new AbortController();
  readonly #milliseconds: number;
  readonly #stop: AbortSignal;
  readonly #onStop = () => this.#controller.abort(this.#stop.reason);
  #timer: NodeJS.Timeout | undefined;

  /** `seconds` without a byte are too long. The connection ends when `stop` fires, too. */
  constructor(seconds: number, stop: AbortSignal) {
    this.#milliseconds = seconds * 1000;
    this.#stop = stop;
    if (stop.aborted) this.#onStop();
    stop.addEventListener('abort', this.#onStop);
    this.renew();
  }

  /** What the connection must end with. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something came. */
  renew(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.stalled = true;
      this.#controller.abort();
    }, this.#milliseconds);
  }

  /** The connection is over. */
  end(): void {
    clearTimeout(this.#timer);
    this.#stop.removeEventListener('abort', this.#onStop);
  }
}
