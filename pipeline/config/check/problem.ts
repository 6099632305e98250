/** Several mistakes are found at once; people get the first in full, and one line for each of the next few. */
import type { Failure } from '../../failure.ts';
import { commandLine } from '../tree/source.ts';

const mostShown = 5;

/** One failure for all of `problems` (at least one): the first in the order in which a person reads, with the others in `also`. */
export function combine(problems: readonly Failure[], file: string): Failure {
  const [first, ...others] = [...problems].sort((a, b) => compare(a, b, file));
  if (others.length === 0) return first!;
  return { ...first!, also: others.slice(0, mostShown - 1) };
}

/** The command line first, then the config that was named, then what it extends; in each by line and column; a misspelt key before the missing one. */
function compare(a: Failure, b: Failure, file: string): number {
  const rank = ({ where }: Failure): number => (where === undefined ? 3 : where.file === commandLine ? 0 : where.file === file ? 1 : 2);
  return (
    rank(a) - rank(b) ||
    (a.where?.file ?? '').localeCompare(b.where?.file ?? '') ||
    (a.where?.line ?? 0) - (b.where?.line ?? 0) ||
    (a.where?.column ?? 0) - (b.where?.column ?? 0) ||
    Number(b.code === 'config-unknown-key') - Number(a.code === 'config-unknown-key')
  );
}
