/** `giverny ls`: the runs, newest first, chosen and sorted by anything that is known of them. */
import { ok, type Result } from '../failure.ts';
import { countText } from '../progress/words.ts';
import { readNames, runsWhere, sortRuns } from '../query/filter-runs.ts';
import type { QueriedRun } from '../query/run-fields.ts';
import { keyFigures } from '../run-folder/key-figures.ts';
import type { DamagedRun } from '../run-folder/list-runs.ts';
import { timeTaken } from '../run-folder/time-taken.ts';
import { findSweep } from '../sweep/sweep-folder.ts';
import type { CommandIo } from './command.ts';
import { readLsArguments, type LsArguments } from './ls-arguments.ts';
import { cellOf, jsonOf, resultsColumn, usualColumns } from './ls-columns.ts';
import { groupTrials, type SweepRow } from './ls-sweeps.ts';
import { printFailure } from './print-failure.ts';
import { queriedRuns, type QueriedRuns } from './queried-runs.ts';
import { table } from './table.ts';

/** A run, all trials of a sweep together, or a folder that cannot be read. */
type Row = { readonly run: QueriedRun } | { readonly sweep: SweepRow } | { readonly damaged: DamagedRun };

interface Listing {
  readonly rows: readonly Row[];
  /** Undefined: the usual ones. */
  readonly columns: readonly string[] | undefined;
  readonly now: number;
}

export async function lsCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const given = readLsArguments(args);
  if (!given.ok) return printFailure(given.failure, io);
  const found = await queriedRuns(io.root);
  const listing = await listingOf(found, given.value, io);
  if (!listing.ok) return printFailure(listing.failure, io);
  if (given.value.json) for (const row of shownRows(listing.value, given.value)) io.stdout('sweep' in row ? '' : `${JSON.stringify(jsonRow(row, listing.value))}\n`);
  else print(listing.value, given.value, found, io);
  return 0;
}

async function listingOf({ runs, damaged, sweeps }: QueriedRuns, { where, sweep, columns, sort, all, json, limit }: LsArguments, io: CommandIo): Promise<Result<Listing>> {
  const now = Date.now();
  const wanted = sweep === undefined ? undefined : await findSweep(sweep, io.root, io.cwd);
  if (wanted?.ok === false) return wanted;
  const candidates = wanted === undefined ? runs : runs.filter((run) => run.sweeps().includes(wanted.value.sweep));
  const chosen = where === undefined ? ok(candidates) : runsWhere(where, candidates, now);
  if (!chosen.ok) return chosen;
  const names = columns === undefined ? undefined : readNames('--columns', columns.text.replaceAll(resultsColumn, ' '.repeat(resultsColumn.length)), runs, now);
  if (names?.ok === false) return names;
  const order = sort === undefined ? undefined : readNames('--sort', sort.text, runs, now);
  if (order?.ok === false) return order;
  const sorted = order?.value[0] === undefined ? chosen.value : sortRuns(chosen.value, order.value[0], sort!.descending, now);
  // Who asks for certain runs, or for an order of all, means each run by itself; so does a program.
  const single = all || where !== undefined || sweep !== undefined || sort !== undefined || json;
  const rows: readonly Row[] = single ? sorted.map((run) => ({ run })) : groupTrials(sorted, sweeps);
  const shownColumns = columns === undefined ? undefined : columns.text.split(/[\s,]+/).filter((name) => name !== '');
  const usual = (): readonly string[] => usualColumns(sorted.slice(0, limit), wanted?.value.record.axes);
  return ok({
    now, rows: where === undefined && sweep === undefined ? [...rows, ...damaged.map((each) => ({ damaged: each }))] : rows,
    columns: columns?.added === true ? [...usual(), ...shownColumns!] : shownColumns ?? (wanted === undefined || json ? undefined : usual()),
  });
}

const shownRows = ({ rows }: Listing, { limit }: LsArguments): readonly Row[] => rows.slice(0, limit);

function print(listing: Listing, given: LsArguments, { runs, damaged }: QueriedRuns, io: CommandIo): void {
  const { rows } = listing;
  if (rows.length === 0) {
    io.stderr(runs.length + damaged.length === 0 ? 'there are no runs here yet: giverny run CONFIG\n' : `none of ${countText(runs.length)} ${runs.length === 1 ? 'run' : 'runs'} is so\n`);
    return;
  }
  const shown = shownRows(listing, given);
  const columns = listing.columns ?? usualColumns(shown.flatMap((row) => ('run' in row ? [row.run] : [])));
  io.stdout(table(shown.map((row) => cellsOf(row, columns, listing.now)), columns));
  if (shown.length < rows.length) io.stderr(`and ${countText(rows.length - shown.length)} more: --all, or --limit N\n`);
}

function cellsOf(row: Row, columns: readonly string[], now: number): readonly string[] {
  if ('run' in row) return columns.map((column) => cellOf(column, row.run, now));
  if ('sweep' in row) return columns.map((column) => (Object.hasOwn(row.sweep.cells, column) ? row.sweep.cells[column]! : ''));
  const { run, latest } = row.damaged;
  return columns.map((column) => (column === 'run' ? (latest ? `${run} (latest)` : run) : column === 'state' ? 'damaged' : ''));
}

function jsonRow(row: Exclude<Row, { readonly sweep: SweepRow }>, { columns, now }: Listing): unknown {
  if ('damaged' in row) {
    const { run, folder, latest, failure } = row.damaged;
    return { run, folder, state: 'damaged', latest, failure };
  }
  if (columns !== undefined) return Object.fromEntries(columns.map((column) => [column, jsonOf(column, row.run, now)]));
  const { run, folder, state, latest, record } = row.run;
  const { startedAt, endedAt, engine, command } = record;
  const { tags, note } = row.run.labels();
  return {
    run, folder, state, latest, digest: record.digest, startedAt, endedAt, seconds: timeTaken(record), engine, command, results: keyFigures(record),
    tags, note, sweeps: row.run.sweeps(),
  };
}
