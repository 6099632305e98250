/** A stage of the user in its own process: imported from what the plan compiled, and run. */
import { failed, ok, type Result } from '../failure.ts';
import type { StageContext } from '../stage.ts';
import { kindOf } from './kind-of.ts';
import { isFailure, soundFailure } from './prepare.ts';
import { importProgram } from './program.ts';

type Run = (context: StageContext) => unknown;
type Written = { readonly run?: Run; readonly load?: () => Promise<{ readonly run: Run }> };

/** `engine`: what goes into the context of a stage that asked for one (`tf`). What it throws is thrown. */
export async function runUserStage(program: string, context: StageContext, engine: object): Promise<Result<void>> {
  const written = (await importProgram(program)).value as Written;
  const implementation = written.run === undefined ? await written.load!() : written;
  return checkedResult(await implementation.run!({ ...context, ...engine }));
}

/** A stage that returns nothing is done. */
function checkedResult(result: unknown): Result<void> {
  const { ok: isOk, failure } = (result ?? { ok: true }) as { readonly ok?: unknown; readonly failure?: unknown };
  if (isOk === true) return ok(undefined);
  if (isOk === false && isFailure(failure)) return { ok: false, failure: soundFailure(failure, 1) };
  return failed('stage-crashed', `run returned ${kindOf(result)}`, { expected: 'nothing, ok(undefined), or a failure' });
}
