/** `giverny rm RUN… | --where EXPR | --sweep NAME`: removes runs, after saying what that means. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openCache, type Cache } from '../cache/cache.ts';
import { bytesBelow } from '../cache/inventory.ts';
import { failed, ok, type Result } from '../failure.ts';
import { bytesText, countText } from '../progress/words.ts';
import type { QueriedRun } from '../query/run-fields.ts';
import { namedBy } from '../run-folder/named-by.ts';
import { mendLatest, removeFolder, removeRemoved, removeRun } from '../run-folder/remove-run.ts';
import { sweepsFolder, trialsFolder } from '../sweep/sweep-folder.ts';
import { takeSweepLock } from '../sweep/sweep-lock.ts';
import type { CommandIo } from './command.ts';
import { confirm } from './confirm.ts';
import { printFailure } from './print-failure.ts';
import { queriedRuns, type QueriedRuns } from './queried-runs.ts';
import { chooseRemoved, readRmArguments, type RmArguments, type ToRemove } from './rm-arguments.ts';
import { freedByCollection } from './rm-freed.ts';
import { table } from './table.ts';
import { localTime } from './local-time.ts';

export async function rmCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const given = readRmArguments(args);
  if (!given.ok) return printFailure(given.failure, io);
  const all = await queriedRuns(io.root);
  const chosen = await chooseRemoved(given.value, all, io);
  if (!chosen.ok) return printFailure(chosen.failure, io);
  const { runs, sweep, left } = chosen.value;
  for (const { run } of left) io.stderr(`${run} is running: it stays\n`);
  if (runs.length === 0 && sweep === undefined) {
    io.stderr('nothing to remove\n');
    return 0;
  }
  const bytes = await sizeOf(chosen.value);
  describe(chosen.value, all, bytes, io);
  const freed = await freedByCollection(io.root, new Set(runs.map(({ run }) => run)));
  if (freed > 0) io.stderr(`after that, giverny cache gc frees ${bytesText(freed)} more, which no other run needs\n`);
  if (given.value.dryRun) return 0;
  const agreed = given.value.yes ? true : await confirm(`remove ${what(chosen.value)}?`, io);
  if (agreed === undefined) return printFailure(failed('usage', 'giverny rm asks before it removes, and there is no terminal to ask on', { hint: 'give --yes, or --dry-run to see what it would remove' }).failure, io);
  if (!agreed) {
    io.stderr('nothing was removed\n');
    return 0;
  }
  const cache = await openCache(io.root);
  if (!cache.ok) return printFailure(cache.failure, io);
  if (sweep === undefined) return remove(chosen.value, all, bytes, cache.value, io);
  const lock = await takeSweepLock(sweep.folder, cache.value, new AbortController().signal, ({ pid, host }) => io.stderr(`process ${pid} on ${host} followed this sweep: if it gives no sign of life for two minutes, it counts as gone\n`));
  if (!lock.ok) return printFailure(lock.failure, io);
  try {
    const unchanged = await isAsAgreed(chosen.value, given.value, io);
    return unchanged.ok ? await remove(chosen.value, all, bytes, cache.value, io) : printFailure(unchanged.failure, io);
  } finally {
    await lock.value.release();
  }
}

/** While the question was open somebody may have begun to work on the sweep, and ended. From now on nobody does. */
async function isAsAgreed({ runs, sweep }: ToRemove, given: RmArguments, io: CommandIo): Promise<Result<void>> {
  const now = await chooseRemoved({ ...given, sweep: sweep!.folder }, await queriedRuns(io.root), io);
  if (!now.ok) return now;
  const agreed = new Set(runs.map(({ run }) => run));
  if (now.value.runs.length === agreed.size && now.value.runs.every(({ run }) => agreed.has(run))) return ok(undefined);
  return failed('run-in-use', `the runs of ${sweep!.sweep} are others than they were: nothing was removed`, { hint: 'the same command asks again' });
}

const what = ({ runs, sweep }: ToRemove): string => [
  ...(runs.length === 0 && sweep !== undefined ? [] : [`${countText(runs.length)} ${runs.length === 1 ? 'run' : 'runs'}`]),
  ...(sweep === undefined ? [] : [`the sweep ${sweep.sweep}`]),
].join(' and ');

async function sizeOf({ runs, sweep }: ToRemove): Promise<number> {
  let bytes = 0;
  for (const folder of [...runs.map((run) => run.folder), ...(sweep === undefined ? [] : [sweep.folder])]) bytes += await bytesBelow(folder);
  return bytes;
}

/** Rows of a question: more nobody reads. */
const describedAtMost = 20;

function describe(chosen: ToRemove, { runs: all }: QueriedRuns, bytes: number, io: CommandIo): void {
  const { runs } = chosen;
  const rows = runs.slice(0, describedAtMost).map((run) => [run.latest ? `${run.run} (latest)` : run.run, run.state, localTime(run.record.startedAt), run.labels().tags.join(', '), run.labels().note?.split('\n')[0] ?? '']);
  io.stderr(table(rows));
  if (runs.length > describedAtMost) io.stderr(`and ${countText(runs.length - describedAtMost)} more\n`);
  const removed = new Set(runs.map(({ run }) => run));
  const named = namedBy(runs, all.filter(({ run }) => !removed.has(run)), io.root);
  for (const [run, by] of named) io.stderr(`${by.slice(0, 3).join(', ')}${by.length > 3 ? ', …' : ''} ${by.length === 1 ? 'begins' : 'begin'} with ${run}, and cannot be run again without it\n`);
  io.stderr(`${what(chosen)}: ${bytesText(bytes)} in runs/\n`);
}

async function remove(chosen: ToRemove, { sweeps }: QueriedRuns, bytes: number, cache: Cache, io: CommandIo): Promise<number> {
  const { runs, sweep } = chosen;
  await removeRemoved(io.root);
  let code = 0;
  for (const run of runs) {
    const removed = await removeRun(run, io.root, cache);
    if (!removed.ok) code = printFailure(removed.failure, io);
    else await removeLinks(run, sweeps);
  }
  if (sweep !== undefined && code === 0) {
    const removed = await removeFolder(sweep.folder, sweepsFolder(io.root));
    if (!removed.ok) code = printFailure(removed.failure, io);
  }
  const mended = await mendLatest(io.root);
  if (code === 0) io.stderr(`removed ${what(chosen)} (${bytesText(bytes)})\n`);
  if (mended !== undefined) io.stderr(mended.latest === undefined ? 'there is no latest run any more\n' : `latest is now ${mended.latest}\n`);
  return code;
}

/** The links in the folders of its sweeps, which would lead nowhere. */
async function removeLinks({ run }: QueriedRun, sweeps: QueriedRuns['sweeps']): Promise<void> {
  for (const { folder, record } of sweeps.sweeps) {
    for (const trial of record.trials) if (trial.run === run) await rm(join(trialsFolder(folder), trial.trial), { force: true });
  }
}

