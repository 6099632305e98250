/** Reads everything that a cache holds and holds it against its digests. Trusts no remembered digest. */
import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { digestFile, isDigest, parseListing } from '../plan/digest.ts';
import { errorCode } from './file-failure.ts';
import { keysIn, statOf } from './inventory.ts';
import { keyPath, objectPath } from './layout.ts';
import type { Layout } from './layout.ts';
import { readKeyRecord } from './key-record.ts';
import type { KeyRecord } from './key-record.ts';
import { readText } from './objects.ts';
import { ownerName, self } from './owner.ts';
import { insist } from './reading.ts';
import { quarantine } from './quarantine.ts';
import { openTrajectories } from './trajectories.ts';
import { takingTurns } from './turn.ts';

/** A file of an entry, for people: whose it is. */
export interface Use {
  readonly record: KeyRecord;
  /** Undefined: the list of the entry's files. */
  readonly path: string | undefined;
}

export type DamageKind = 'gone' | 'changed' | 'unreadable';

export interface DamagedObject {
  readonly digest: string;
  readonly what: DamageKind;
  /** Empty where no key names it. */
  readonly uses: readonly Use[];
}

export interface DamagedCheckpoint {
  readonly folder: string;
  readonly trajectory: string;
  readonly stage: string | undefined;
  readonly what: string;
}

export interface Verification {
  readonly entries: number;
  readonly objects: number;
  readonly bytes: number;
  readonly checkpoints: number;
  readonly damagedObjects: readonly DamagedObject[];
  /** Keys whose record cannot be read. */
  readonly damagedRecords: readonly string[];
  readonly damagedCheckpoints: readonly DamagedCheckpoint[];
}

export interface VerifyHelp {
  /** What is wrong with a folder of a checkpoint; undefined where nothing is. */
  examineCheckpoint?(uses: string, folder: string): Promise<string | undefined>;
  progress?(bytes: number, total: number): void;
}

export async function verifyCache(layout: Layout, help: VerifyHelp): Promise<Verification> {
  const { records, damaged: damagedRecords } = await readAll(layout);
  const uses = await usesOf(layout, records);
  const digests = [...new Set([...uses.keys(), ...(await objectNames(layout))])].sort();
  const total = digests.reduce((sum, digest) => sum + (sizeOf(layout, digest)), 0);
  const damagedObjects: DamagedObject[] = [];
  const giveUpTurn = takingTurns();
  let bytes = 0;
  for (const digest of digests) {
    await giveUpTurn();
    bytes += sizeOf(layout, digest);
    const what = await damageOf(layout, digest);
    // What a collection took away meanwhile has no key any more.
    const needed = (uses.get(digest) ?? []).filter(({ record }) => what !== 'gone' || statOf(keyPath(layout, record.key)) !== undefined);
    if (what !== undefined && (what !== 'gone' || needed.length > 0)) damagedObjects.push({ digest, what, uses: needed });
    help.progress?.(bytes, total);
  }
  const { count, damaged: damagedCheckpoints } = await examineCheckpoints(layout, help);
  return { entries: records.length, objects: digests.length, bytes, checkpoints: count, damagedObjects, damagedRecords, damagedCheckpoints };
}

async function readAll(layout: Layout): Promise<{ readonly records: readonly KeyRecord[]; readonly damaged: readonly string[] }> {
  const [records, damaged] = [new Array<KeyRecord>(), new Array<string>()];
  for (const key of await keysIn(layout)) {
    const text = await readFile(keyPath(layout, key), 'utf8').catch((error: unknown) => (errorCode(error) === 'ENOENT' ? undefined : ''));
    if (text === undefined) continue;
    const record = readKeyRecord(text, key);
    if (record === undefined) damaged.push(key);
    else records.push(record);
  }
  return { records, damaged };
}

/** Of every digest that a key names, whose it is. Of a listing that is damaged the files are not known. */
async function usesOf(layout: Layout, records: readonly KeyRecord[]): Promise<ReadonlyMap<string, readonly Use[]>> {
  const uses = new Map<string, Use[]>();
  const add = (digest: string, use: Use): void => void uses.set(digest, [...(uses.get(digest) ?? []), use]);
  for (const record of records) {
    add(record.outputs, { record, path: undefined });
    const text = await readText(layout, record.outputs).catch(() => undefined);
    const files = [...((text === undefined ? undefined : parseListing(text)) ?? []), ...record.records];
    for (const file of files) add(file.digest, { record, path: file.path });
  }
  return uses;
}

async function objectNames(layout: Layout): Promise<readonly string[]> {
  const names: string[] = [];
  for (const part of await readdir(layout.objects).catch(() => [])) {
    names.push(...(await readdir(path.join(layout.objects, part)).catch(() => [])).filter((name) => isDigest(name) && name.startsWith(part)));
  }
  return names;
}

/** Only for the progress. */
function sizeOf(layout: Layout, digest: string): number {
  try {
    return statOf(objectPath(layout, digest))?.size ?? 0;
  } catch {
    return 0;
  }
}

async function damageOf(layout: Layout, digest: string): Promise<DamageKind | undefined> {
  try {
    return (await insist(() => digestFile(objectPath(layout, digest)))) === digest ? undefined : 'changed';
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'gone' : 'unreadable';
  }
}

async function examineCheckpoints(layout: Layout, { examineCheckpoint }: VerifyHelp): Promise<{ readonly count: number; readonly damaged: readonly DamagedCheckpoint[] }> {
  const trajectories = openTrajectories(layout);
  const damaged: DamagedCheckpoint[] = [];
  let count = 0;
  for (const trajectory of (await readdir(layout.checkpoints).catch(() => [])).filter(isDigest)) {
    const record = await trajectories.read(trajectory);
    if (record === undefined || examineCheckpoint === undefined) continue;
    for (const name of await readdir(path.join(layout.checkpoints, trajectory)).catch(() => [])) {
      const folder = path.join(layout.checkpoints, trajectory, name);
      if (statOf(folder)?.isDirectory() !== true) continue;
      count += 1;
      const what = await examineCheckpoint(record.manifest.uses, folder);
      // One that was replaced by a newer meanwhile is gone.
      if (what !== undefined && statOf(folder) !== undefined) damaged.push({ folder, trajectory, stage: record.stage, what });
    }
  }
  return { count, damaged };
}

/** Takes all that is damaged out of use, with the keys that need it: their stages run again and mend it. */
export async function repairCache(layout: Layout, { damagedObjects, damagedCheckpoints, damagedRecords }: Verification): Promise<void> {
  if (damagedObjects.length + damagedRecords.length > 0) await quarantine(layout, new Set(damagedObjects.map(({ digest }) => digest)));
  const away = path.join(layout.quarantine, 'checkpoints', ownerName(await self()));
  for (const { folder, trajectory } of damagedCheckpoints) {
    await mkdir(path.join(away, trajectory), { recursive: true });
    await rename(folder, path.join(away, trajectory, path.basename(folder)));
  }
}
