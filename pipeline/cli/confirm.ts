/** Asking a person who sits at a terminal. */
import type { CommandIo } from './command.ts';

/** Undefined where nobody can be asked: input or output is no terminal. Anything but yes is no. */
export async function confirm(question: string, { terminal }: Pick<CommandIo, 'terminal'>): Promise<boolean | undefined> {
  if (!terminal || process.stdin.isTTY !== true) return undefined;
  const { createInterface } = await import('node:readline');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await new Promise<string>((resolve) => {
    lines.once('close', () => resolve(''));
    lines.question(`${question} [y/N] `, resolve);
  });
  lines.close();
  return /^\s*y(es)?\s*$/i.test(answer);
}
