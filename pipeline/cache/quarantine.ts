/** Takes damaged objects, and the keys that need them, out of use. Their stages run again and mend them. */
import { access, mkdir, readdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { readKeyRecord } from './key-record.ts';
import { keyPath, objectPath } from './layout.ts';
import type { Layout } from './layout.ts';
import { parseListing } from '../plan/digest.ts';
import { readText } from './objects.ts';
import { ownerName, self } from './owner.ts';

export const quarantinedKeyPath = (layout: Layout, key: string): string =>
  path.join(layout.quarantine, 'keys', `${key}.json`);

export async function isKeyQuarantined(layout: Layout, key: string): Promise<boolean> {
  return access(quarantinedKeyPath(layout, key)).then(() => true, () => false);
}

/** Moves the objects of these digests, as far as they exist, and every key that names one. What cannot be moved stays. */
export async function quarantine(layout: Layout, digests: ReadonlySet<string>): Promise<void> {
  const moved = path.join(layout.quarantine, 'objects', ownerName(await self()));
  for (const digest of digests) await moveInto(moved, objectPath(layout, digest), digest);
  for (const name of await readdir(layout.keys).catch(() => [])) {
    const key = path.basename(name, '.json');
    if (await keyNames(layout, key, digests)) await moveInto(path.join(layout.quarantine, 'keys'), keyPath(layout, key), name);
  }
}

/** True also where that cannot be told, because the key's record or its listing is damaged. */
async function keyNames(layout: Layout, key: string, digests: ReadonlySet<string>): Promise<boolean> {
  try {
    return await names(layout, key, digests);
  } catch {
    return false; // it cannot be read now: whoever needs it meets the damage
  }
}

async function names(layout: Layout, key: string, digests: ReadonlySet<string>): Promise<boolean> {
  const text = await readFile(keyPath(layout, key), 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  const record = readKeyRecord(text, key);
  if (record === undefined || digests.has(record.outputs)) return true;
  if (record.records.some((file) => digests.has(file.digest))) return true;
  const listing = await readText(layout, record.outputs);
  const files = listing === undefined ? undefined : parseListing(listing);
  return files === undefined || files.some((file) => digests.has(file.digest));
}

async function moveInto(folder: string, file: string, name: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await rename(file, path.join(folder, name));
  } catch {
    // Gone already, moved by another process, or on a read-only disk: whoever must write there says so.
  }
}
