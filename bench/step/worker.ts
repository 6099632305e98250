/** A peer in a process of its own, which works when it is asked to and waits else. */
import { spawn, type ChildProcess } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { createInterface, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** What `count` steps (or batches) took. */
export interface Turn {
  /** Milliseconds of each: by the clock, and of all the process's threads. */
  readonly wall: readonly number[];
  readonly cpu: readonly number[];
  /** The last one's losses by name, or what stands for its images. */
  readonly values: Readonly<Record<string, number>>;
  /** The most memory that the process ever had, in MiB. */
  readonly peak: number;
}

/** The end of what a process said before it failed. */
const keptCharacters = 4000;

export class Worker {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  readonly #lines: Interface;
  readonly #started = performance.now();
  #said = '';

  constructor({ file, args, environment }: Command) {
    this.#child = spawn(file, args, { env: { ...process.env, ...environment }, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream!.on('data', (text: Buffer) => { this.#said = (this.#said + text.toString()).slice(-keptCharacters); });
    }
    // A process that ended reads no more requests; what it left unanswered says so.
    this.#child.stdin!.on('error', () => undefined);
    this.#child.on('error', (error) => { this.#said += error.message; });
    this.#lines = createInterface({ input: this.#child.stdio[3] as Readable });
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  /** Runs `count` steps after those before. Throws with the end of what the process printed where it fails. */
  async run(count: number): Promise<Turn> {
    this.#child.stdin!.write(`${JSON.stringify({ count })}\n`);
    const answer = await this.#answers.next();
    if (answer.done) throw new Error(this.#said.trim() || 'it ended without a word');
    return JSON.parse(answer.value) as Turn;
  }

  /** Seconds since the process was started. */
  get age(): number {
    return (performance.now() - this.#started) / 1000;
  }

  async stop(): Promise<void> {
    this.#lines.close();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await ended;
  }
}
