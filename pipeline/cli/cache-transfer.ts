/** `giverny cache push DIR` and `pull DIR`: finished entries to and from a folder that several people share. */
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { errorCode, fileFailure } from '../cache/file-failure.ts';
import { holdOffCollections } from '../cache/collection-lease.ts';
import { keysIn } from '../cache/inventory.ts';
import { layoutUnder, type Layout } from '../cache/layout.ts';
import { quarantine } from '../cache/quarantine.ts';
import { removeAbandoned } from '../cache/temporary.ts';
import { layoutOfShared, transferEntry, type Transfer } from '../cache/transfer.ts';
import { shortPath } from '../config/tree/source.ts';
import { fail, failed, ok, type Result } from '../failure.ts';
import { bytesText, countText } from '../progress/words.ts';
import { wantedKeys, type WantedKeys } from './cache-wanted.ts';
import { readCommandLine } from './command-line.ts';
import type { Command, CommandIo } from './command.ts';
import { printFailure } from './print-failure.ts';

export const cachePushCommand: Command = (args, io) => transfer('push', args, io);
export const cachePullCommand: Command = (args, io) => transfer('pull', args, io);

type Direction = 'push' | 'pull';

async function transfer(direction: Direction, args: readonly string[], io: CommandIo): Promise<number> {
  const moved = await move(direction, args, io);
  return moved.ok ? moved.value : printFailure(moved.failure, io);
}

interface Counts {
  entries: number;
  there: number;
  absent: number;
  objects: number;
  bytes: number;
  damaged: number;
}

/** The exit code: 1 where something of the source was damaged and therefore not copied. */
async function move(direction: Direction, args: readonly string[], io: CommandIo): Promise<Result<number>> {
  const line = readCommandLine(`cache ${direction}`, args, { json: { type: 'boolean' } } as const);
  if (!line.ok) return line;
  const [folder, ...which] = line.value.positionals;
  const usage = `giverny cache ${direction} DIR [RUN|CONFIG [path=value…]]`;
  if (folder === undefined) return failed('usage', `giverny cache ${direction} needs a folder`, { expected: usage, hint: 'giverny cache --help' });
  const shared = openShared(direction, resolve(io.cwd, folder), io);
  if (!shared.ok) return shared;
  const own = layoutUnder(io.root);
  const [from, to] = direction === 'push' ? [own, shared.value] : [shared.value, own];
  const wanted = await wantedKeys(which, usage, io);
  if (!wanted.ok) return wanted;
  const held = await holdOffCollections(own, { stage: `giverny cache ${direction}`, stop: new AbortController().signal, onWait: ({ pid, stage }) => io.stderr(`waiting for ${stage} (process ${pid})\n`) });
  if (!held.ok) return direction === 'push' && held.failure.code === 'cache-unwritable' ? run(from, to, wanted.value, direction, line.value.flags.json === true, io) : held;
  try {
    return await run(from, to, wanted.value, direction, line.value.flags.json === true, io);
  } finally {
    await held.value.release();
  }
}

async function run(from: Layout, to: Layout, wanted: WantedKeys, direction: Direction, json: boolean, io: CommandIo): Promise<Result<number>> {
  const counts: Counts = { entries: 0, there: 0, absent: 0, objects: 0, bytes: 0, damaged: 0 };
  try {
    await removeAbandoned(to.temporary);
    const copy = async (key: string): Promise<Transfer> => {
      const done = await transferEntry(from, to, key);
      await account(done, key, from, counts, json, io);
      return done;
    };
    if (wanted.kind === 'all') for (const key of await keysIn(from)) await copy(key);
    else await wanted.each(copy);
  } catch (error) {
    return notWritten(error, to, direction, io, (error as NodeJS.ErrnoException).path);
  }
  if (json) io.stdout(`${JSON.stringify({ total: true, ...counts })}\n`);
  else io.stdout(`${sayCounts(counts, direction, shortPath(direction === 'push' ? to.cache : from.cache, io.cwd))}\n`);
  return ok(counts.damaged > 0 ? 1 : 0);
}

async function account(done: Transfer, key: string, from: Layout, counts: Counts, json: boolean, io: CommandIo): Promise<void> {
  if (json && done.state !== 'absent') io.stdout(`${JSON.stringify({ key, stage: done.record?.stage ?? null, state: done.state })}\n`);
  switch (done.state) {
    case 'absent': counts.absent += 1; return;
    case 'there': counts.there += 1; return;
    case 'copied': counts.entries += 1; counts.objects += done.objects; counts.bytes += done.bytes; return;
    case 'damaged': {
      counts.damaged += 1;
      // Taken out of use where it lies, so that whoever makes it again can give it again.
      await quarantine(from, new Set(done.digests));
      io.stderr(`${done.record?.stage ?? 'an entry'} (key ${key.slice(0, 12)}) is damaged in ${shortPath(from.cache, io.cwd)}: set aside, not copied\n`);
    }
  }
}

function sayCounts({ entries, there, absent, objects, bytes, damaged }: Counts, direction: Direction, folder: string): string {
  const [done, place] = direction === 'push' ? ['pushed', 'to'] : ['pulled', 'from'];
  const rest = [there > 0 ? `${countText(there)} were there already` : '', absent > 0 ? `${countText(absent)} were not to be had` : '', damaged > 0 ? `${countText(damaged)} are damaged` : ''].filter((text) => text !== '');
  return `${done} ${countText(entries)} ${entries === 1 ? 'entry' : 'entries'} (${countText(objects)} objects, ${bytesText(bytes)}) ${place} ${folder}${rest.length === 0 ? '' : `; ${rest.join(', ')}`}`;
}

/** Failures: `cache-unwritable` for a place that cannot be written (push), `usage` for one that holds nothing (pull). */
function openShared(direction: Direction, folder: string, io: CommandIo): Result<Layout> {
  const layout = layoutOfShared(folder);
  const shown = shortPath(folder, io.cwd);
  if (direction === 'pull') {
    return existsSync(layout.keys) ? ok(layout) : failed('usage', `${shown} holds nothing that was pushed`, { expected: 'a folder that `giverny cache push` has written', hint: `giverny cache push ${shown} there first` });
  }
  try {
    mkdirSync(layout.keys, { recursive: true });
    mkdirSync(layout.objects, { recursive: true });
    accessSync(layout.keys, constants.W_OK);
    accessSync(layout.objects, constants.W_OK);
    return ok(layout);
  } catch (error) {
    return notWritten(error, layout, direction, io);
  }
}

function notWritten(error: unknown, to: Layout, direction: Direction, io: CommandIo, file = to.cache): Result<never> {
  const { failure } = fileFailure(error, shortPath(file, io.cwd));
  if (direction === 'pull' || errorCode(error) === 'ENOSPC') return fail(failure);
  return fail({ ...failure, hint: 'choose a folder that you may write to, or ask for the right to; what is there already stays as it is' });
}
