/** How training runs its steps: eagerly, operation by operation, or captured, each step one call to TensorFlow. */
import { capture, type CompiledStep, type Precision } from '../../engine/capture/index.ts';
import type { Scalar, Tensor, Tf } from '../../engine/tf.ts';
import { flatten, unflatten } from './execution-tensors.ts';
import type { Batch, StepOutput, Trainer } from './trainer.ts';

/** The one way to step a trainer and to know where the newest values of its variables are. */
export interface Execution {
  /** One iteration; the caller disposes what it takes and what it gives. */
  step(batch: Batch, learningRate: Scalar): StepOutput;
  /** Brings the trainer's variables up to date: before any of them is read, and before some of them are written. */
  beforeRead(): void;
  /** Takes what the trainer's variables hold now: after they were written. */
  afterWrite(): void;
  /** The trainer is its maker's. */
  dispose(): void;
}

export interface CaptureOptions {
  /** A folder for moments. */
  readonly scratch: string;
  /** Of convolutions. Absent: float32. Eager steps have no other: see `refused`. */
  readonly precision?: Precision;
  /** Told once, in a clause, why steps cannot be captured. They then run eagerly, in float32, unless this throws. */
  readonly refused: (reason: string) => void;
}

export function eagerExecution(trainer: Trainer): Execution {
  return { step: (batch, learningRate) => trainer.step(batch, learningRate), beforeRead: () => undefined, afterWrite: () => undefined, dispose: () => undefined };
}

/** Captures at the first step, and anew for batches of another shape. */
export function capturedExecution(tf: Tf, trainer: Trainer, options: CaptureOptions): Execution {
  return new CapturedExecution(tf, trainer, options);
}

class CapturedExecution implements Execution {
  readonly #tf: Tf;
  readonly #trainer: Trainer;
  readonly #options: CaptureOptions;
  readonly #compiled: CompiledStep[] = [];
  #refused = false;
  /** The compiled step whose session has the newest values; undefined while the trainer's variables have them and no session does. */
  #current: CompiledStep | undefined;
  /** Whether the trainer's variables have the newest values. */
  #downloaded = true;

  constructor(tf: Tf, trainer: Trainer, options: CaptureOptions) {
    this.#tf = tf;
    this.#trainer = trainer;
    this.#options = options;
  }

  step(batch: Batch, learningRate: Scalar): StepOutput {
    const inputs = flatten(this.#tf, { batch, learningRate });
    const compiled = this.#compiledFor(inputs);
    if (!compiled) return this.#trainer.step(batch, learningRate);
    // One copy is enough of all that is trained.
    if (this.#downloaded) compiled.release();
    this.#downloaded = false;
    return unflatten(compiled.run(inputs)) as unknown as StepOutput;
  }

  beforeRead(): void {
    if (!this.#downloaded) this.#current!.download();
    this.#downloaded = true;
  }

  afterWrite(): void {
    this.#current = undefined;
    this.#downloaded = true;
  }

  dispose(): void {
    for (const compiled of this.#compiled) compiled.dispose();
    this.#compiled.length = 0;
    this.afterWrite();
  }

  /** The step for these shapes, its session holding the newest values; undefined where it has to run eagerly. */
  #compiledFor(inputs: Readonly<Record<string, Tensor>>): CompiledStep | undefined {
    if (this.#current?.fits(inputs)) return this.#current;
    if (this.#refused) return undefined;
    this.beforeRead();
    const known = this.#compiled.find((compiled) => compiled.fits(inputs));
    known?.upload();
    return (this.#current = known ?? this.#compile(inputs));
  }

  #compile(inputs: Readonly<Record<string, Tensor>>): CompiledStep | undefined {
    const trainer = this.#trainer;
    const captured = capture(this.#tf, {
      variables: trainer.state(), inputs, scratch: this.#options.scratch, ...(this.#options.precision && { precision: this.#options.precision }),
      step: (tensors) => {
        const { batch, learningRate } = unflatten(tensors) as unknown as { batch: Batch; learningRate: Scalar };
        return flatten(this.#tf, { ...trainer.step(batch, learningRate) });
      },
    });
    if (captured.ok) {
      this.#compiled.push(captured.value);
      return captured.value;
    }
    this.#refused = true;
    this.#options.refused(captured.failure.message);
    return undefined;
  }
}
