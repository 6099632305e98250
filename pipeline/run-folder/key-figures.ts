/** The few numbers that stand for a run: what the last of its stages that gave figures said last. */
import type { RunRecord } from './run-record.ts';

export function keyFigures(record: RunRecord): Readonly<Record<string, number>> {
  const given = Object.values(record.stages).filter((stage) => stage.figures !== undefined);
  return given.at(-1)?.figures ?? {};
}
