/** The few numbers that stand for a run: what the last of its stages that gave figures said last. */
import type { StageRecord } from './run-record.ts';

export function keyFigures(record: { readonly stages: Readonly<Record<string, Pick<StageRecord, 'figures'>>> }): Readonly<Record<string, number>> {
  const given = Object.values(record.stages).filter((stage) => stage.figures !== undefined);
  return given.at(-1)?.figures ?? {};
}
