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
  /** Iterations after which it is killed. */
  readonly killAfter?: number;
}

export interface AttemptResult {
  /** `ok`, a failure's code, or `killed`. */
  readonly code: string;
  readonly out: string;
}

const program = fileURLToPath(new URL('./train-process.ts', import.meta.url));

export async function attemptInNewProcess({ killAfter = Infinity, ...order }: AttemptOrder): Promise<AttemptResult> {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), program, JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    if (printed.split('iteration\n').length > killAfter) child.kill('SIGKILL');
  });
  const signal = await new Promise((resolve) => child.on('close', (_, endedBy) => resolve(endedBy)));
  if (signal === 'SIGKILL') return { code: 'killed', out: '' };
  const last = printed.trimEnd().split('\n').at(-1)!;
  if (!last.startsWith('{')) throw new Error(`the attempt ended without a result, ${String(signal)}: ${last}`);
  return JSON.parse(last) as AttemptResult;
}
