/** Looks a key up. Reads and stats only: nothing is changed, so that `plan` may ask too. */
import { readFile } from 'node:fs/promises';
import { statSync } from 'node:fs';
import { parseListing } from '../plan/digest.ts';
import { makeEntry } from './entry.ts';
import type { CacheEntry } from './entry.ts';
import { readKeyRecord } from './key-record.ts';
import { keyPath, objectPath } from './layout.ts';
import type { Layout } from './layout.ts';
import { readText } from './objects.ts';
import { isKeyQuarantined } from './quarantine.ts';
import { takingTurns } from './turn.ts';

/** damaged: it was there once, but something of it is gone or not what it was. */
export type Found =
  | { readonly state: 'present'; readonly entry: CacheEntry }
  | { readonly state: 'absent' }
  | { readonly state: 'damaged' };

/** The record and the listing are checked whole, the objects by their size alone. */
export async function findKey(layout: Layout, key: string): Promise<Found> {
  const text = await readFile(keyPath(layout, key), 'utf8').catch(() => undefined);
  if (text === undefined) return { state: (await isKeyQuarantined(layout, key)) ? 'damaged' : 'absent' };
  const record = readKeyRecord(text, key);
  const listing = record && (await readText(layout, record.outputs));
  const files = listing === undefined ? undefined : parseListing(listing);
  if (record === undefined || files === undefined) return { state: 'damaged' };
  const entry = makeEntry(record, files);
  return (await hasObjects(layout, entry)) ? { state: 'present', entry } : { state: 'damaged' };
}

async function hasObjects(layout: Layout, entry: CacheEntry): Promise<boolean> {
  const giveUpTurn = takingTurns();
  for (const file of entry.files) {
    await giveUpTurn();
    if (sizeOf(objectPath(layout, file.digest)) !== file.bytes) return false;
  }
  return true;
}

function sizeOf(file: string): number | undefined {
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    return found?.isFile() === true ? found.size : undefined;
  } catch {
    return undefined; // a file where a folder should be
  }
}
