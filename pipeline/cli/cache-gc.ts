/** `giverny cache gc`: frees what no run needs, and says what it freed, stage by stage. */
import { planCollection, type Collection, type CollectionLimits, type Removal } from '../cache/collection.ts';
import { collect } from '../cache/gc.ts';
import { takeInventory } from '../cache/inventory.ts';
import { layoutUnder } from '../cache/layout.ts';
import { fail, ok, type Result } from '../failure.ts';
import { bytesText, countText } from '../progress/words.ts';
import { readAge, readSize } from './cache-limits.ts';
import { cacheNeeds } from './cache-needs.ts';
import { readCommandLine } from './command-line.ts';
import type { CommandIo } from './command.ts';
import { printFailure } from './print-failure.ts';
import { table } from './table.ts';

interface GcArguments {
  readonly limits: CollectionLimits;
  readonly dryRun: boolean;
  readonly json: boolean;
}

export async function cacheGcCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const given = readGcArguments(args);
  if (!given.ok) return printFailure(given.failure, io);
  const { limits, dryRun, json } = given.value;
  const collection = dryRun ? await foresee(limits, io.root) : await perform(limits, io);
  if (!collection.ok) return printFailure(collection.failure, io);
  if (json) for (const row of [...rowsOf(collection.value).map(jsonOf), totalOf(collection.value, dryRun)]) io.stdout(`${JSON.stringify(row)}\n`);
  else print(collection.value, given.value, io);
  return 0;
}

function readGcArguments(args: readonly string[]): Result<GcArguments> {
  const line = readCommandLine('cache gc', args, {
    'max-size': { type: 'string' }, 'older-than': { type: 'string' }, 'checkpoints': { type: 'boolean' },
    'dry-run': { type: 'boolean', short: 'n' }, 'json': { type: 'boolean' },
  } as const, 0);
  if (!line.ok) return line;
  const { flags } = line.value;
  const size = flags['max-size'] === undefined ? undefined : readSize(flags['max-size']);
  if (size?.ok === false) return fail(size.failure);
  const age = flags['older-than'] === undefined ? undefined : readAge(flags['older-than']);
  if (age?.ok === false) return fail(age.failure);
  const limits = { checkpoints: flags.checkpoints === true, ...(size && { maxBytes: size.value }), ...(age && { unusedSince: Date.now() - age.value }) };
  return ok({ limits, dryRun: flags['dry-run'] === true, json: flags.json === true });
}

/** Takes no lease and changes nothing. */
async function foresee(limits: CollectionLimits, root: string): Promise<Result<Collection>> {
  const needs = await cacheNeeds(root);
  return needs.ok ? ok(planCollection(await takeInventory(layoutUnder(root)), needs.value, limits)) : needs;
}

/** Killed anywhere it leaves a sound cache: see gc.ts. */
const perform = (limits: CollectionLimits, io: CommandIo): Promise<Result<Collection>> => collect(layoutUnder(io.root), limits, () => cacheNeeds(io.root), {
  stop: new AbortController().signal, onWait: ({ pid, stage }) => io.stderr(`waiting for ${stage} (process ${pid})\n`),
});

interface Row {
  readonly what: string;
  readonly uses?: string;
  readonly count: number;
  readonly bytes: number;
}

/** One row a stage, one for the checkpoints of each, one for what belongs to no stage. */
function rowsOf({ removals }: Collection): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const removal of removals) {
    const { what, uses, count } = described(removal);
    const before = rows.get(what);
    rows.set(what, { what, ...(uses === undefined ? {} : { uses }), count: (before?.count ?? 0) + count, bytes: (before?.bytes ?? 0) + removal.bytes });
  }
  return [...rows.values()].sort((left, right) => right.bytes - left.bytes);
}

function described(removal: Removal): Omit<Row, 'bytes'> {
  switch (removal.kind) {
    case 'entry': return { what: removal.entry.record.stage, uses: removal.entry.record.uses, count: 1 };
    case 'checkpoints': return { what: `checkpoints of ${removal.checkpoints.record?.stage ?? 'an unknown stage'}`, count: 1 };
    case 'unnamed': return { what: 'objects that no key names', count: removal.objects.length };
    case 'quarantine': return { what: 'quarantine', count: 1 };
  }
}

const jsonOf = ({ what, uses, count, bytes }: Row) => ({ removed: what, ...(uses === undefined ? {} : { uses }), count, bytes });

const totalOf = ({ before, after }: Collection, dryRun: boolean) => ({ total: true, dryRun, freed: before - after, before, after });

function print(collection: Collection, { limits, dryRun }: GcArguments, io: CommandIo): void {
  const rows = rowsOf(collection);
  const { before, after, unsure } = collection;
  if (rows.length > 0) io.stdout(`${table(rows.map(({ what, count, bytes }) => [what, countText(count), bytesText(bytes)]), [dryRun ? 'would be removed' : 'removed', 'count', 'size'])}\n`);
  io.stdout(rows.length === 0
    ? `nothing to free: ${bytesText(before)} are needed by runs${limits.unusedSince === undefined ? '' : ' or were used since'}\n`
    : `${dryRun ? 'would free' : 'freed'} ${bytesText(before - after)}; ${bytesText(after)} ${dryRun ? 'would be' : 'are'} left\n`);
  if (unsure) io.stderr('a key record cannot be read, so objects that no other key names were left: giverny cache verify --repair\n');
  if (limits.maxBytes !== undefined && after > limits.maxBytes) {
    io.stderr(`that is more than --max-size: the rest is needed by runs${limits.checkpoints ? '' : ', or are checkpoints to train them further from (--checkpoints removes those of finished runs)'}. Remove a run's folder to free what it alone needs.\n`);
  }
}
