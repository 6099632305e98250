/** Which runs `giverny rm` is to remove. */
import { dirname } from 'node:path';
import { failed, ok, type Result } from '../failure.ts';
import { runsWhere } from '../query/filter-runs.ts';
import type { QueriedRun } from '../query/run-fields.ts';
import { findRun } from '../run-folder/find-run.ts';
import { runsFolder } from '../run-folder/list-runs.ts';
import { runInUse } from '../run-folder/remove-run.ts';
import type { FoundSweep } from '../sweep/sweep-folder.ts';
import { readCommandLine } from './command-line.ts';
import type { CommandIo } from './command.ts';
import type { QueriedRuns } from './queried-runs.ts';
import { sweepToRemove } from './rm-sweep.ts';

export interface RmArguments {
  readonly names: readonly string[];
  readonly where: string | undefined;
  readonly sweep: string | undefined;
  readonly yes: boolean;
  readonly dryRun: boolean;
}

export interface ToRemove {
  readonly runs: readonly QueriedRun[];
  /** The sweep's own folder goes, too. */
  readonly sweep: FoundSweep | undefined;
  /** Chosen, but running. */
  readonly left: readonly QueriedRun[];
}

const flags = { 'where': { type: 'string', short: 'w' }, 'sweep': { type: 'string' }, 'yes': { type: 'boolean', short: 'y' }, 'dry-run': { type: 'boolean', short: 'n' } } as const;

export function readRmArguments(args: readonly string[]): Result<RmArguments> {
  const line = readCommandLine('rm', args, flags);
  if (!line.ok) return line;
  const { positionals: names, flags: { where, sweep, yes = false, 'dry-run': dryRun = false } } = line.value;
  const ways = [names.length > 0, where !== undefined, sweep !== undefined].filter(Boolean).length;
  if (ways === 1) return ok({ names, where, sweep, yes, dryRun });
  return failed('usage', ways === 0 ? 'giverny rm needs a run' : 'giverny rm takes runs, or --where, or --sweep', { expected: "giverny rm RUN…, or --where 'state=failed', or --sweep NAME", hint: 'giverny rm --help' });
}

/** Failures: `run-not-found`, `run-in-use` where one that is named is running, `query-invalid`; those of {@link sweepToRemove}. */
export async function chooseRemoved({ names, where, sweep }: RmArguments, all: QueriedRuns, io: CommandIo): Promise<Result<ToRemove>> {
  if (sweep !== undefined) return sweepToRemove(sweep, all, io);
  const chosen = where === undefined ? await named(names, all, io) : runsWhere(where, all.runs, Date.now());
  if (!chosen.ok) return chosen;
  const left = chosen.value.filter(({ state }) => state === 'running');
  if (where === undefined && left[0] !== undefined) return runInUse(left[0]);
  return ok({ runs: chosen.value.filter(({ state }) => state !== 'running'), sweep: undefined, left });
}

async function named(names: readonly string[], { runs }: QueriedRuns, io: CommandIo): Promise<Result<readonly QueriedRun[]>> {
  const chosen = new Set<QueriedRun>();
  for (const name of names) {
    const found = await findRun(name, io.root, io.cwd);
    if (!found.ok) return found;
    const run = dirname(found.value.folder) === runsFolder(io.root) ? runs.find((each) => each.run === found.value.run) : undefined;
    if (run === undefined) return failed('usage', `${found.value.folder} is not in ${runsFolder(io.root)}`, { hint: `giverny rm ${found.value.run} --root DIR, DIR being the folder that holds its runs/` });
    chosen.add(run);
  }
  return ok([...chosen]);
}
