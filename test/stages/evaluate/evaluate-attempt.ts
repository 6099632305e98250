/** Starts evaluations as processes of their own: TensorFlow reads its threads once a process. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { EngineSelection } from '../../../pipeline/stage.ts';

export interface EvaluationOrder {
  readonly inputs: readonly { readonly folder: string; readonly stage: string }[];
  readonly params: object;
  readonly engine: EngineSelection;
  /** Where its outputs go. */
  readonly out: string;
}

export interface EvaluationResult {
  /** `ok`, or a failure's code. */
  readonly code: string;
  readonly message: string;
}

const program = fileURLToPath(new URL('./evaluate-process.ts', import.meta.url));

export async function evaluateInNewProcess(order: EvaluationOrder): Promise<EvaluationResult> {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), program, JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (printed += text));
  await new Promise((resolve) => child.on('close', resolve));
  if (printed === '') throw new Error('the evaluation ended without a result');
  return JSON.parse(printed) as EvaluationResult;
}
