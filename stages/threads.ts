/** Work on images in threads of their own: JavaScript and WebAssembly, of which this process's one thread does no two at once. */
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { lanes } from './bounded.ts';

interface Request<I> {
  readonly id: number;
  readonly item: I;
}

type Answer<O> = { readonly id: number; readonly output: O } | { readonly id: number; readonly error: ThrownError };

/** An exception as it crosses: of an Error, cloning keeps neither the code nor the path, by which a full disk is told from a bug. */
type ThrownError = Pick<NodeJS.ErrnoException, 'name' | 'message' | 'stack' | 'code' | 'path'>;

/** A thread takes a fraction of a second to begin: fewer images are no work for another one. */
const imagesWorthAThread = 64;
/** Each holds some tens of megabytes. */
const mostThreads = 8;

/** How many small items go to a thread in one message, and their answers back in one: waking a thread takes as long as a small image. */
export const manyAMessage = 8;

/** How many threads to begin for `images` images; 0: do them where you are. */
export function threadsFor(images: number): number {
  const worthwhile = Math.min(lanes(), mostThreads, Math.floor(images / imagesWorthAThread));
  return worthwhile < 2 ? 0 : worthwhile;
}

/**
 * Makes the calling module, at its top level, the script of threads that do `work` under `name`; elsewhere it does nothing. In
 * the bundle several modules may share a file: the name says which of them a thread is for.
 */
export function serveThreads<I, O>(name: string, work: (item: I) => Promise<O>): void {
  const port = parentPort;
  if (isMainThread || !port || (workerData as { readonly serves?: string } | null)?.serves !== name) return;
  const answer = ({ id, item }: Request<I>): Promise<Answer<O>> =>
    work(item).then((output) => ({ id, output }), (error: unknown) => ({ id, error: thrownError(error) }));
  port.on('message', async (requests: readonly Request<I>[]) => {
    const answers: Answer<O>[] = [];
    for (const request of requests) answers.push(await answer(request));
    port.postMessage(answers);
  });
}

function thrownError(error: unknown): ThrownError {
  const { name, message, stack, code, path }: ThrownError = error instanceof Error ? error : new Error(String(error));
  return { name, message, ...(stack === undefined ? {} : { stack }), ...(code === undefined ? {} : { code }), ...(path === undefined ? {} : { path }) };
}

/** Threads that a module serves (see {@link serveThreads}). Items go to the thread that has the fewest. */
export class Threads<I, O> {
  readonly #threads: readonly Thread<I, O>[];
  readonly #aMessage: number;

  /** `script`: the serving module's `import.meta.url`; `aMessage`: items a message, 1 or {@link manyAMessage}. */
  constructor(script: string, name: string, count: number, aMessage = 1) {
    this.#threads = Array.from({ length: count }, () => new Thread<I, O>(script, name, aMessage));
    this.#aMessage = aMessage;
  }

  /** How many items to have under way: the next message of each thread is there when it has done one. */
  get atOnce(): number {
    return this.#threads.length * 2 * this.#aMessage;
  }

  run(item: I): Promise<O> {
    const idlest = this.#threads.reduce((best, thread) => (thread.underWay < best.underWay ? thread : best));
    return idlest.run(item);
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}

class Thread<I, O> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve(output: O): void; reject(error: unknown): void }>();
  #next = 0;
  #toSend: Request<I>[] = [];
  #dead: Error | undefined;

  readonly #aMessage: number;

  constructor(script: string, name: string, aMessage: number) {
    this.#aMessage = aMessage;
    this.#worker = beginThread(script, name);
    this.#worker.on('message', (answers: readonly Answer<O>[]) => answers.forEach((answer) => this.#settle(answer)));
    this.#worker.on('error', (error) => this.#die(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on('exit', () => this.#die(new Error(`a thread of ${name} ended by itself`)));
  }

  get underWay(): number {
    return this.#waiting.size;
  }

  run(item: I): Promise<O> {
    if (this.#dead) return Promise.reject(this.#dead);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      // After all that begin together: what an answer sets free asks for its next item within the same turn.
      if (this.#toSend.push({ id, item }) === 1) setImmediate(() => this.#send());
    });
  }

  #send(): void {
    for (let from = 0; from < this.#toSend.length; from += this.#aMessage) this.#worker.postMessage(this.#toSend.slice(from, from + this.#aMessage));
    this.#toSend = [];
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(answer: Answer<O>): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('output' in answer) waiting?.resolve(answer.output);
    else waiting?.reject(Object.assign(new Error(answer.error.message), answer.error));
  }

  #die(error: Error): void {
    this.#dead ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#dead);
    this.#waiting.clear();
  }
}

/** From the sources, where tests and benchmarks run them: tsx (as of Node 20) does not follow into threads by itself. */
const fromSources = "const { tsx, script } = require('node:worker_threads').workerData; import(tsx).then(({ register }) => { register(); return import(script); });";

const beginThread = (script: string, name: string): Worker =>
  script.endsWith('.ts')
    ? new Worker(fromSources, { eval: true, workerData: { serves: name, script, tsx: import.meta.resolve('tsx/esm/api') } })
    : new Worker(new URL(script), { workerData: { serves: name } });
