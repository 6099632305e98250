/**
 * Remembers the digest of a file together with what stat said of it, so that an unchanged file need not be read again.
 * An append-only text file, one JSON array a line; lines that are not whole are passed over, a lost file costs only time.
 */
import { appendFileSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { digestFile, digestText } from '../plan/digest.ts';
import { temporaryPath } from './temporary.ts';

/** A file's content may change without its times showing it within the coarsest tick of file systems in use (FAT: 2 s). */
const untrustedMilliseconds = 2000;
const flushAt = 1024;

interface Remembered {
  /** device, inode, size, mtimeNs, ctimeNs. */
  readonly stat: string;
  readonly digest: string;
}

export interface StatIndex {
  /** The file's digest, remembered or read now. File-system errors are thrown as Node gives them. */
  digest(file: string): Promise<string>;
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
  let loading: Promise<Map<string, Remembered>> | undefined;
  let unwritten: string[] = [];
  const index: StatIndex = {
    async digest(file) {
      const remembered = await (loading ??= load(indexFile, temporary));
      const found = statSync(file, { bigint: true });
      const stat = describe(found);
      const known = remembered.get(file);
      if (known?.stat === stat) return known.digest;
      const now = Date.now();
      const digest = await digestFile(file);
      if (isSettled(found, now)) {
        remembered.set(file, { stat, digest });
        if (unwritten.push(writeLine(file, stat, digest)) >= flushAt) index.flush();
        flushAtExit(index);
      }
      return digest;
    },
    flush() {
      if (unwritten.length === 0) return;
      const text = unwritten.join('');
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

/** Also false for times in the future: a clock that was set back must not make a change invisible. */
function isSettled(stat: BigIntStats, now: number): boolean {
  return now - Math.max(Number(stat.mtimeMs), Number(stat.ctimeMs)) > untrustedMilliseconds;
}

async function load(indexFile: string, temporary: string): Promise<Map<string, Remembered>> {
  const remembered = new Map<string, Remembered>();
  const lines = readLines(indexFile);
  for (const line of lines) {
    const entry = parseLine(line);
    if (entry !== undefined) remembered.set(entry.file, entry);
  }
  if (lines.length > 2 * remembered.size + 1000) await rewrite(indexFile, temporary, remembered);
  return remembered;
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** With eight digits of its own digest: a flipped bit here must not pass for the content of a file. */
function writeLine(file: string, stat: string, digest: string): string {
  return `${JSON.stringify([file, stat, digest, checkOf(file, stat, digest)])}\n`;
}

function checkOf(...parts: readonly string[]): string {
  return digestText(JSON.stringify(parts)).slice(0, 8);
}

function parseLine(line: string): (Remembered & { readonly file: string }) | undefined {
  try {
    const [file, stat, digest, check] = JSON.parse(line) as readonly unknown[];
    if (typeof file !== 'string' || typeof stat !== 'string' || typeof digest !== 'string') return undefined;
    return check === checkOf(file, stat, digest) ? { file, stat, digest } : undefined;
  } catch {
    return undefined;
  }
}

/** What another process appends meanwhile may be lost, which costs it only the reading again. */
async function rewrite(indexFile: string, temporary: string, remembered: ReadonlyMap<string, Remembered>): Promise<void> {
  const lines = [...remembered].map(([file, { stat, digest }]) => writeLine(file, stat, digest));
  try {
    const file = await temporaryPath(temporary);
    writeFileSync(file, lines.join(''));
    renameSync(file, indexFile);
  } catch {
    // As above.
  }
}
