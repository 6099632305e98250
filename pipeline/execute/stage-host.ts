/** A stage's own process (its side): gets one job, runs it, tells how it ended. It never outlives the runner. */
import type { Catalog } from '../catalog.ts';
import { ok, type Result } from '../failure.ts';
import type { Progress, StageContext } from '../stage.ts';
import { contextOf, type JobHooks, type StageJob } from './job.ts';
import type { FromStage, ToStage } from './messages.ts';
import { guardAgainstOrphaning, isOrphan } from './orphan-guard.ts';
import { asError, thrownError, type ThrownError } from './thrown.ts';

/** Milliseconds between two progress messages; a change of phase is always sent. */
const progressInterval = 100;

/** Called once by the script that the command names as its stage process. */
export function hostStage(loadCatalog: () => Promise<Catalog>): void {
  // The terminal sends Ctrl-C to every process; the runner decides and tells.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  process.on('disconnect', () => process.exit(1));
  process.on('uncaughtException', (error) => end({ type: 'threw', error: thrownError(error) }));
  const stop = new AbortController();
  const publications = new Publications();
  process.on('message', (message) => {
    const told = message as ToStage;
    if (told.type === 'stop') stop.abort();
    else if (told.type === 'published') publications.settle(told.request, told.error);
    else void runJob(told.job, told.runner, loadCatalog, publications, stop.signal);
  });
}

async function runJob(job: StageJob, runner: number, loadCatalog: () => Promise<Catalog>, publications: Publications, stop: AbortSignal): Promise<void> {
  guardAgainstOrphaning(runner);
  try {
    const context = contextOf(job, hooksOf(runner, publications), stop);
    const catalog = await loadCatalog();
    const result = await (job.program === undefined ? runOwn(job.uses, context, catalog) : runUsers(job.program, context, catalog));
    end({ type: 'returned', result });
  } catch (error) {
    end({ type: 'threw', error: thrownError(error) });
  }
}

async function runOwn(uses: string, context: StageContext, { stages }: Catalog): Promise<Result<void>> {
  const definition = stages.get(uses);
  if (definition === undefined) throw new Error(`no stage is called ${uses}`);
  return (await definition.load()).run(context);
}

async function runUsers(program: string, context: StageContext, { userStages }: Catalog): Promise<Result<void>> {
  const engine = context.engine === undefined ? ok({}) : await userStages!.loadEngine(context.engine);
  return engine.ok ? (await import('../user-stages/run.ts')).runUserStage(program, context, engine.value) : engine;
}

function hooksOf(runner: number, publications: Publications): JobHooks {
  let lastSent = -Infinity;
  let lastPhase: string | undefined;
  return {
    progress(progress: Progress) {
      if (isOrphan(runner)) process.exit(1);
      const now = performance.now();
      const ended = progress.done === progress.total;
      if (!ended && progress.phase === lastPhase && now - lastSent < progressInterval) return;
      lastSent = now;
      lastPhase = progress.phase;
      send({ type: 'progress', progress });
    },
    log: (line) => send({ type: 'log', line }),
    warn: (line) => send({ type: 'warn', line }),
    publish: (paths) => publications.ask(paths),
  };
}

/** Requests to publish that the runner has not answered yet. */
class Publications {
  #next = 0;
  readonly #open = new Map<number, { resolve(): void; reject(error: Error): void }>();

  ask(paths: readonly string[]): Promise<void> {
    const request = this.#next++;
    send({ type: 'publish', request, paths });
    return new Promise((resolve, reject) => this.#open.set(request, { resolve, reject }));
  }

  settle(request: number, error: ThrownError | undefined): void {
    const waiting = this.#open.get(request);
    this.#open.delete(request);
    if (error === undefined) waiting?.resolve();
    else waiting?.reject(asError(error));
  }
}

function send(message: FromStage): void {
  if (process.connected) process.send!(message, () => undefined);
}

/** Exits when the message has left: an engine may keep timers and threads that would hold the process. */
function end(message: FromStage): void {
  if (!process.connected) process.exit(1);
  process.send!(message, () => process.exit(0));
}
