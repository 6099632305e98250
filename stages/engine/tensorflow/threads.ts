/** How many threads TensorFlow gets. It reads them from the environment as it is loaded, once a process. */
import { availableParallelism } from 'node:os';
import type { EngineSelection } from '../../../pipeline/stage.ts';
import { usableProcessors, wholeNumber } from '../../processors.ts';
import type { EngineUse } from '../tf.ts';

export interface Threads {
  /** Within an operation: TF_NUM_INTRAOP_THREADS. */
  readonly within: number;
  /** Operations side by side: TF_NUM_INTEROP_THREADS. */
  readonly between: number;
}

const [withinVariable, betweenVariable] = ['TF_NUM_INTRAOP_THREADS', 'TF_NUM_INTEROP_THREADS'] as const;

/**
 * `engine.threads` comes first, then TensorFlow's own variables where the user has set them, then the processors that this
 * process may use. Training, and evaluate too, take them all between operations and 1 within: threads within an operation divide
 * its sums, and so decide their last bits. Elsewhere single operations run one after the other, and threads only help within them.
 */
export function tensorFlowThreads({ threads }: Pick<EngineSelection, 'threads'>, use: EngineUse, environment: NodeJS.ProcessEnv = process.env): Threads {
  const set = (name: string) => wholeNumber(environment[name]);
  const all = () => usableProcessors(environment).count;
  if (use === 'training') return { within: 1, between: threads ?? set(betweenVariable) ?? all() };
  return { within: threads ?? set(withinVariable) ?? all(), between: threads === undefined ? set(betweenVariable) ?? 1 : 1 };
}

/** What decides the number of threads where the config says nothing, for people. */
export function describeThreads(environment: NodeJS.ProcessEnv = process.env): string {
  const { count, limit } = usableProcessors(environment);
  const all = limit === undefined ? `${count}, the processors that this process may use` : `${count} of ${availableParallelism()} processors, by ${limit}`;
  const [within, between] = [wholeNumber(environment[withinVariable]), wholeNumber(environment[betweenVariable])];
  const training = between === undefined ? all : `${between} for train and evaluate, by ${betweenVariable}`;
  const elsewhere = within === undefined ? (between === undefined ? '' : `; ${all} elsewhere`) : `; ${within} elsewhere, by ${withinVariable}, which train and evaluate never heed`;
  return `${training}${elsewhere}; engine.threads in the config, or engine.threads=N after it, says otherwise`;
}
