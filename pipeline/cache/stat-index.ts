/**
 * Remembers the digest of a file together with what stat said of it, so that an unchanged file need not be read again.
 * An append-only text file: each line is a block of entries, with sixteen digits of the digest of its text before it, since
 * a flipped bit here must not pass for the content of a file. A block that is not whole is passed over: it costs only time.
 */
import { appendFileSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { digestFile, digestText } from '../plan/digest.ts';
import type { FileDigester } from '../plan/digest.ts';
import { isSettled } from './file-stat.ts';
import { temporaryPath } from './temporary.ts';

const flushAt = 1024;

/** `stat`: device, inode, size, mtimeNs, ctimeNs. */
type Entry = readonly [file: string, stat: string, digest: string];

export interface StatIndex {
  /** The file's digest, remembered or read now. File-system errors are thrown as Node gives them. */
  readonly digest: FileDigester;
  /** Writes what was learnt; failures are passed over. */
  flush(): void;
}

/** Indexes that have something to write when the process ends. */
const open = new Set<StatIndex>();

function flushAtExit(index: StatIndex): void {
  if (open.size === 0) process.once('exit', () => open.forEach((each) => each.flush()));
  open.add(index);
}

/**
 * `indexFile` is read on first use. It is written only where its folder exists already; written anew, by way of a file
 * in `temporary`.
 */
export function openStatIndex(indexFile: string, temporary: string): StatIndex {
  let loading: Promise<Map<string, Entry>> | undefined;
  let unwritten: Entry[] = [];
  const index: StatIndex = {
    async digest(file, found = statSync(file, { bigint: true })) {
      const remembered = await (loading ??= load(indexFile, temporary));
      const stat = describe(found);
      const known = remembered.get(file);
      if (known?.[1] === stat) return known[2];
      const now = Date.now();
      const digest = await digestFile(file);
      if (isSettled(found, now)) {
        const entry: Entry = [file, stat, digest];
        remembered.set(file, entry);
        if (unwritten.push(entry) >= flushAt) index.flush();
        flushAtExit(index);
      }
      return digest;
    },
    flush() {
      if (unwritten.length === 0) return;
      const text = blockOf(unwritten);
      unwritten = [];
      try {
        appendFileSync(indexFile, text);
      } catch {
        // It only saves time: a read-only or full disk is reported by whoever must write.
      }
    },
  };
  return index;
}

function describe(stat: BigIntStats): string {
  return `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
}

async function load(indexFile: string, temporary: string): Promise<Map<string, Entry>> {
  const remembered = new Map<string, Entry>();
  let read = 0;
  for (const line of readLines(indexFile)) {
    const entries = entriesOf(line);
    read += entries.length;
    for (const entry of entries) remembered.set(entry[0], entry);
  }
  if (read > 2 * remembered.size + 1000) await rewrite(indexFile, temporary, [...remembered.values()]);
  return remembered;
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}

function blockOf(entries: readonly Entry[]): string {
  const text = JSON.stringify(entries);
  return `${checkOf(text)} ${text}\n`;
}

const checkLength = 16;
const checkOf = (text: string): string => digestText(text).slice(0, checkLength);

/** Its own digest says that {@link blockOf} wrote it. */
function entriesOf(line: string): readonly Entry[] {
  const text = line.slice(checkLength + 1);
  return line.slice(0, checkLength) === checkOf(text) ? (JSON.parse(text) as readonly Entry[]) : [];
}

/** What another process appends meanwhile may be lost, which costs it only the reading again. */
async function rewrite(indexFile: string, temporary: string, entries: readonly Entry[]): Promise<void> {
  const blocks: string[] = [];
  for (let from = 0; from < entries.length; from += flushAt) blocks.push(blockOf(entries.slice(from, from + flushAt)));
  try {
    const file = await temporaryPath(temporary);
    writeFileSync(file, blocks.join(''));
    renameSync(file, indexFile);
  } catch {
    // As above.
  }
}
