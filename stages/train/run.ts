/**
 * Training: iterations, and after each epoch metrics, samples and a checkpoint. What happens in one iteration is in
 * step/; here is when it happens, what is kept of it, and how it goes on after an interruption or a rollback.
 */
import { setImmediate } from 'node:timers/promises';
import { interrupted, ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import type { StageContext, StageImplementation } from '../../pipeline/stage.ts';
import type { Divergence } from './divergence.ts';
import { trainingFileFailure } from './file-failure.ts';
import { openSession } from './open-session.ts';
import type { TrainParams } from './params.ts';
import { checkPrecision, notCapturedFailure, StepNotCaptured, warnWhereSlow } from './precision.ts';
import type { Rollback } from './rollback.ts';
import type { Session } from './session.ts';

export const implementation: StageImplementation<TrainParams> = { run: train };

async function train(context: StageContext<TrainParams>): Promise<Result<void>> {
  const precision = checkPrecision(context.params, context.engine!);
  if (!precision.ok) return precision;
  warnWhereSlow(context.params, (line) => context.warn(line));
  try {
    let rollbacks: readonly Rollback[] = [];
    for (;;) {
      const rolledBack = await trainUntilRollback(context, rollbacks);
      if (!rolledBack.ok) return rolledBack;
      if (!rolledBack.value) return ok(undefined);
      rollbacks = rolledBack.value;
    }
  } catch (error) {
    return error instanceof StepNotCaptured ? notCapturedFailure(error) : trainingFileFailure(error);
  }
}

/** Trains to the end; or, where training diverges and on_nan lets it, says the rollbacks after which it is to go on. */
async function trainUntilRollback(context: StageContext<TrainParams>, rollbacks: readonly Rollback[]): Promise<Result<readonly Rollback[] | undefined>> {
  const session = await openSession(context);
  if (!session.ok) return session;
  try {
    await session.value.resume(rollbacks);
    const end = await trainToEnd(context, session.value);
    if (end === 'done') return ok(undefined);
    return end === 'interrupted' ? interrupted() : await session.value.rollBack(end);
  } finally {
    await session.value.close();
  }
}

async function trainToEnd(context: StageContext<TrainParams>, session: Session): Promise<'done' | 'interrupted' | Divergence> {
  for (;;) {
    // Lets messages of the parent process in, such as the request to stop.
    await setImmediate();
    if (session.isAtEnd) break;
    if (context.stop.aborted) return (session.isSaved ? undefined : await session.saveInterrupted()) ?? 'interrupted';
    const diverged = (await session.step()) ?? (session.isAtEpochEnd ? await session.endEpoch() : undefined)
      ?? (session.isCheckpointDue ? await session.saveCheckpoint() : undefined);
    if (diverged) return diverged;
  }
  await session.writeNetworks();
  return 'done';
}
