/** A verb that ends with one failure: printed for people, its exit code returned. */
import type { Failure } from '../failure.ts';
import type { CommandIo } from './command.ts';
import { formatFailure } from './print-failure.ts';

export function printFailure(failure: Failure, io: CommandIo): number {
  io.stderr(`${formatFailure(failure, { color: io.color, cwd: io.cwd }).trimEnd()}\n`);
  return failure.exit;
}
