/** Whom we measure ourselves beside, and ourselves in each form. */
import type { Precision } from '../../stages/engine/capture/index.ts';
import type { Kind } from './task.ts';

export type { Precision } from '../../stages/engine/capture/index.ts';

export type Framework = 'torch' | 'keras' | 'ours';

export interface Peer {
  /** As --peers names it. */
  readonly name: string;
  readonly label: string;
  readonly framework: Framework;
  readonly precision: Precision;
  readonly kinds: readonly Kind[];
  /** PyTorch alone. */
  readonly channelsLast?: boolean;
  readonly compile?: boolean;
  /** Ours alone: a captured graph, or operation by operation. On a GPU nothing is captured (stages/engine/select.ts). */
  readonly captured?: boolean;
  /** What is set in the environment of a process that may take so many threads. */
  readonly environment?: (kind: Kind, threads: number) => Readonly<Record<string, string>>;
}

const both: readonly Kind[] = ['step', 'inference'];

/**
 * A step's operations run side by side, each on one thread: 659 ms for the chapter's at 128×128 on two cores, where
 * TensorFlow's own choice (all threads within operations too) takes 842. A translation is one operation after another.
 */
const tensorFlowThreads = (kind: Kind, threads: number) =>
  ({ TF_NUM_INTRAOP_THREADS: String(kind === 'step' ? 1 : threads), TF_NUM_INTEROP_THREADS: String(threads) });

const torch = (name: string, label: string, options: Pick<Peer, 'channelsLast' | 'compile'> = {}): Peer[] =>
  (['float32', 'bfloat16'] as const).map((precision) => ({
    name: precision === 'float32' ? name : `${name}-bf16`, label, framework: 'torch', precision, kinds: both, channelsLast: false, compile: false, ...options,
  }));

const keras = (['float32', 'bfloat16'] as const).map((precision): Peer => ({
  name: precision === 'float32' ? 'keras' : 'keras-bf16', label: 'Keras 3, tf.function', framework: 'keras', precision, kinds: both, environment: tensorFlowThreads,
}));

export const peers: readonly Peer[] = [
  ...torch('torch', 'PyTorch'),
  ...torch('torch-channels-last', 'PyTorch, channels last', { channelsLast: true }),
  ...torch('torch-compile', 'PyTorch, channels last, torch.compile', { channelsLast: true, compile: true }),
  ...keras,
  { name: 'ours-eager', label: 'Giverny, operation by operation', framework: 'ours', precision: 'float32', kinds: both, captured: false },
  { name: 'ours', label: 'Giverny, captured', framework: 'ours', precision: 'float32', kinds: both, captured: true },
  { name: 'ours-bf16', label: 'Giverny, captured', framework: 'ours', precision: 'bfloat16', kinds: both, captured: true },
];

export const isOurs = ({ framework }: Pick<Peer, 'framework'>): boolean => framework === 'ours';
