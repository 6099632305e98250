/** Holds a stage to the outside files that its key names: as it starts, and before its outputs are stored. */
import { failed, ok, type Result } from '../failure.ts';
import { changedOutside, type OutsideChange } from '../plan/changed-outside.ts';
import type { FileDigester } from '../plan/digest.ts';
import type { PlannedStage } from '../plan/plan.ts';

type Read = Pick<PlannedStage, 'prepared' | 'outside'>;

interface Surroundings {
  readonly digester: FileDigester;
  /** A path as people should read it. */
  shown(path: string): string;
  warn(line: string): void;
}

/**
 * Asked just before the stage starts, which may be hours after the plan: what it would make of other content, its
 * checkpoints above all, must not lie under what the plan says. Fails with `outside-input-changed`.
 */
export async function outsideAsPlanned(stage: Read, { digester, shown }: Omit<Surroundings, 'warn'>): Promise<Result<void>> {
  const [change] = await changedOutside(stage, digester);
  if (change === undefined) return ok(undefined);
  return failed('outside-input-changed', `${shown(change.input.path)} ${said(change)} after the plan was made`, {
    ...placeOf(change), hint: `The stage was not started; ${change.how === 'removed' ? 'put it back, or name another, and run again' : 'the same command plans anew'}.`,
  });
}

/**
 * Asked when it has run. Where something was removed that the stage reads as it starts, it was as planned then: the
 * outputs are right, and days of training are not thrown away. Of anything else nobody can say whether the stage saw all
 * of it. Fails with `outside-input-changed`.
 */
export async function outsideStillAsPlanned(stage: Read, { digester, shown, warn }: Surroundings): Promise<Result<void>> {
  const changes = await changedOutside(stage, digester);
  const change = changes.find(({ input, how }) => how === 'changed' || input.readAtStart !== true);
  if (change !== undefined) {
    const hint = change.how === 'removed'
      ? 'Whether the stage had read all of it by then cannot be known, so its outputs were not kept; put it back and run again.'
      : 'Its outputs were not kept; the same command plans anew.';
    return failed('outside-input-changed', `${shown(change.input.path)} ${said(change)} while the stage ran`, { ...placeOf(change), hint });
  }
  for (const { input } of changes) warn(`${shown(input.path)} was removed while the stage ran; it had been read by then, so the outputs are kept`);
  return ok(undefined);
}

const said = ({ how }: OutsideChange): string => (how === 'removed' ? 'was removed' : 'changed');

const placeOf = ({ input }: OutsideChange) => ({ where: input.where ?? { file: input.path } });
