/**
 * Training: iterations, and after each epoch metrics, samples and a checkpoint. What happens in one iteration is in
 * step/; here is when it happens, what is kept of it, and how it goes on after an interruption.
 */
import { setImmediate } from 'node:timers/promises';
import { interrupted, ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import type { StageContext, StageImplementation } from '../../pipeline/stage.ts';
import { trainingFileFailure } from './file-failure.ts';
import type { TrainParams } from './params.ts';
import { openSession } from './session.ts';
import type { Session } from './session.ts';

export const implementation: StageImplementation<TrainParams> = { run: train };

async function train(context: StageContext<TrainParams>): Promise<Result<void>> {
  try {
    const session = await openSession(context);
    if (!session.ok) return session;
    try {
      return await trainToEnd(context, session.value);
    } finally {
      await session.value.close();
    }
  } catch (error) {
    return trainingFileFailure(error);
  }
}

async function trainToEnd(context: StageContext<TrainParams>, session: Session): Promise<Result<void>> {
  await session.resume();
  while (session.iteration < session.lastIteration) {
    const stepped = await session.step();
    if (!stepped.ok) return stepped;
    if (session.atEpochEnd) await session.endEpoch();
    const stopping = context.stop.aborted && session.iteration < session.lastIteration;
    if (stopping || session.checkpointDue) {
      const saved = await session.saveCheckpoint();
      if (!saved.ok) return saved;
    }
    if (stopping) return interrupted();
    // Lets messages of the parent process in, such as the request to stop.
    await setImmediate();
  }
  await session.writeNetworks();
  return ok(undefined);
}
