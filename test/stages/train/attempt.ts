/** Starts attempts of a tiny training as processes of their own. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { EngineSelection } from '../../../pipeline/stage.ts';

export interface AttemptOrder {
  readonly folder: string;
  /** Names the attempt's output folder; new for each. */
  readonly attempt: number;
  readonly recipe: 'chapter' | 'paper';
  readonly overrides: Readonly<Record<string, unknown>>;
  readonly engine: EngineSelection;
  readonly seed: number;
  /** Iterations after which it is asked to stop. */
  readonly stopAfter?: number;
  /** The file-system call in the folder of checkpoints, counted from 1, before or in which it is killed. */
  readonly killAtFileCall?: number;
}

export interface AttemptResult {
  /** `ok`, a failure's code, or `killed`. */
  readonly code: string;
  readonly out: string;
  /** File-system calls in the folder of checkpoints. */
  readonly fileCalls: number;
}

const program = fileURLToPath(new URL('./train-process.ts', import.meta.url));

export async function attemptInNewProcess(order: AttemptOrder): Promise<AttemptResult> {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), program, JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (printed += text));
  const signal = await new Promise((resolve) => child.on('close', (_, endedBy) => resolve(endedBy)));
  if (signal === 'SIGKILL') return { code: 'killed', out: '', fileCalls: order.killAtFileCall! };
  if (printed === '') throw new Error(`the attempt ended without a result: ${String(signal)}`);
  return JSON.parse(printed) as AttemptResult;
}
