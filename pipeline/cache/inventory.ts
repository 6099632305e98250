/** Everything that lies in a cache, with its size: for `cache ls` and `cache gc`. Reads and stats only; what cannot be read is thrown, for what it names would count as nobody's. */
import { lstatSync, readdirSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isDigest, parseListing } from '../plan/digest.ts';
import { signOf } from './file-stat.ts';
import { readKeyRecord } from './key-record.ts';
import type { KeyRecord } from './key-record.ts';
import { keyPath } from './layout.ts';
import type { Layout } from './layout.ts';
import { readIfThere, readText } from './objects.ts';
import { ifThere } from './reading.ts';
import { openTrajectories } from './trajectories.ts';
import type { TrajectoryRecord } from './trajectories.ts';
import { takingTurns } from './turn.ts';

export interface HeldObject {
  readonly bytes: number;
  /** Tells it from another file that was put in its place: inode and time of change. */
  readonly sign: string;
  /** When it was last put in its place or made read-only, in milliseconds since 1970 by the file system's clock. */
  readonly changed: number;
}

export interface HeldEntry {
  readonly key: string;
  readonly record: KeyRecord;
  /** Of its listing, its files and of the listings that `why` compares it with, as far as they are there; each once. */
  readonly objects: readonly string[];
  readonly files: number;
  /** When its outputs were last made or read, in milliseconds since 1970. */
  readonly used: number;
  readonly sign: string;
}

export interface HeldCheckpoints {
  readonly trajectory: string;
  readonly record: TrajectoryRecord | undefined;
  /** True for those that `--force` put aside. */
  readonly aside: boolean;
  /** Names below `checkpoints/` that belong to it. */
  readonly names: readonly string[];
  readonly bytes: number;
  readonly used: number;
}

export interface Inventory {
  readonly entries: readonly HeldEntry[];
  /** Names of key records that cannot be read. */
  readonly unreadable: readonly string[];
  readonly objects: ReadonlyMap<string, HeldObject>;
  readonly checkpoints: readonly HeldCheckpoints[];
  readonly quarantine: number;
  /** Bytes in work folders and of files on their way to their place. */
  readonly underway: number;
}

export async function takeInventory(layout: Layout): Promise<Inventory> {
  // Records first: an object that is found afterwards and belongs to none was put there later, or is nobody's.
  const records = await readRecords(layout);
  const objects = await findObjects(layout);
  const entries: HeldEntry[] = [];
  for (const each of records.sound) entries.push(await heldEntry(layout, each, objects));
  return {
    entries, objects, unreadable: records.unreadable,
    checkpoints: await findCheckpoints(layout),
    quarantine: await bytesBelow(layout.quarantine),
    underway: await bytesBelow(layout.work) + await bytesBelow(layout.temporary),
  };
}

interface ReadRecord {
  readonly record: KeyRecord;
  readonly stat: Stats;
}

async function readRecords(layout: Layout): Promise<{ readonly sound: readonly ReadRecord[]; readonly unreadable: readonly string[] }> {
  const [sound, unreadable] = [new Array<ReadRecord>(), new Array<string>()];
  for (const key of await keysIn(layout)) {
    const stat = statOf(keyPath(layout, key));
    const text = readIfThere(keyPath(layout, key))?.toString('utf8');
    if (text === undefined || stat === undefined) continue; // it has just been taken away
    const record = readKeyRecord(text, key);
    if (record === undefined) unreadable.push(key);
    else sound.push({ record, stat });
  }
  return { sound, unreadable };
}

export async function keysIn(layout: Layout): Promise<readonly string[]> {
  return namesIn(layout.keys).filter((name) => name.endsWith('.json')).map((name) => path.basename(name, '.json')).filter(isDigest).sort();
}

async function heldEntry(layout: Layout, { record, stat }: ReadRecord, objects: ReadonlyMap<string, HeldObject>): Promise<HeldEntry> {
  const files = [...(await listed(layout, record.outputs)), ...record.records.map((file) => file.digest)];
  const compared = [...Object.values(record.manifest.outside), ...record.manifest.from].filter((digest) => objects.has(digest));
  return { key: record.key, record, objects: [...new Set([record.outputs, ...files, ...compared])], files: files.length, used: stat.mtimeMs, sign: signOf(stat) };
}

async function listed(layout: Layout, outputs: string): Promise<readonly string[]> {
  const text = await readText(layout, outputs);
  return (text === undefined ? undefined : parseListing(text))?.map((file) => file.digest) ?? [];
}

/** Digests that a key's record names, of files that a run or another key may need. */
export async function objectsOf(layout: Layout, key: string): Promise<readonly string[]> {
  const text = readIfThere(keyPath(layout, key))?.toString('utf8');
  const record = text === undefined ? undefined : readKeyRecord(text, key);
  if (record === undefined) return [];
  const { manifest, outputs, records } = record;
  return [outputs, ...(await listed(layout, outputs)), ...records.map((file) => file.digest), ...Object.values(manifest.outside), ...manifest.from];
}

async function findObjects(layout: Layout): Promise<ReadonlyMap<string, HeldObject>> {
  const found = new Map<string, HeldObject>();
  const giveUpTurn = takingTurns();
  for (const part of namesIn(layout.objects)) {
    for (const name of namesIn(path.join(layout.objects, part))) {
      await giveUpTurn();
      const stat = isDigest(name) ? statOf(path.join(layout.objects, part, name)) : undefined;
      if (stat?.isFile() === true) found.set(name, { bytes: stat.size, sign: signOf(stat), changed: stat.ctimeMs });
    }
  }
  return found;
}

export const statOf = (file: string): Stats | undefined => {
  return ifThere(() => statSync(file, { throwIfNoEntry: false }));
};

function namesIn(folder: string): readonly string[] {
  return ifThere(() => readdirSync(folder)) ?? [];
}

async function findCheckpoints(layout: Layout): Promise<readonly HeldCheckpoints[]> {
  const groups = new Map<string, string[]>();
  for (const name of await readdir(layout.checkpoints).catch(() => [])) {
    const [trajectory, aside] = [name.slice(0, 64), name.slice(64).startsWith('.before-force')];
    if (!isDigest(trajectory)) continue;
    const group = aside ? name : trajectory;
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  const trajectories = openTrajectories(layout);
  const held: HeldCheckpoints[] = [];
  for (const [group, names] of groups) {
    const trajectory = group.slice(0, 64);
    const places = names.map((name) => path.join(layout.checkpoints, name));
    const bytes = await Promise.all(places.map(bytesBelow));
    held.push({
      trajectory, names, aside: group !== trajectory, record: await trajectories.read(trajectory),
      bytes: bytes.reduce((sum, each) => sum + each, 0), used: Math.max(...places.map((place) => statOf(place)?.mtimeMs ?? 0)),
    });
  }
  return held;
}

/** Of a file or of all files below a folder; links count nothing. */
export async function bytesBelow(place: string): Promise<number> {
  const giveUpTurn = takingTurns();
  let bytes = 0;
  const open = [place];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    await giveUpTurn();
    const stat = lstatOf(next);
    if (stat?.isFile() === true) bytes += stat.size;
    else if (stat?.isDirectory() === true) for (const name of namesIn(next)) open.push(path.join(next, name));
  }
  return bytes;
}

function lstatOf(place: string): Stats | undefined {
  try {
    return lstatSync(place, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
