/** Looks a key up. Reads and stats only: nothing is changed, so that `plan` may ask too. */
import { statSync } from 'node:fs';
import { parseListing } from '../plan/digest.ts';
import { makeEntry } from './entry.ts';
import type { CacheEntry } from './entry.ts';
import { readKeyRecord } from './key-record.ts';
import { keyPath, objectPath } from './layout.ts';
import type { Layout } from './layout.ts';
import { readIfThere, readText } from './objects.ts';
import { isKeyQuarantined } from './quarantine.ts';
import { ifThere } from './reading.ts';
import { takingTurns } from './turn.ts';

/** damaged: it was there once, but something of it is gone or not what it was. */
export type Found =
  | { readonly state: 'present'; readonly entry: CacheEntry }
  | { readonly state: 'absent' }
  | { readonly state: 'damaged'; readonly damage: Damage };

/** What of it: the record of the key; the list of its files; some of the files. `set-aside`: a file did not have its digest when it was read. */
export type Damage =
  | { readonly of: 'set-aside' | 'record' | 'listing' }
  | { readonly of: 'files'; readonly total: number; readonly gone: readonly string[]; readonly wrongSize: readonly string[] };

/** The record and the listing are checked whole, the objects by their size alone. What is there and cannot be read is thrown: it is not damaged. */
export async function findKey(layout: Layout, key: string): Promise<Found> {
  const text = readIfThere(keyPath(layout, key))?.toString('utf8');
  if (text === undefined) return (await isKeyQuarantined(layout, key)) ? damaged({ of: 'set-aside' }) : { state: 'absent' };
  const record = readKeyRecord(text, key);
  if (record === undefined) return damaged({ of: 'record' });
  const listing = await readText(layout, record.outputs);
  const files = listing === undefined ? undefined : parseListing(listing);
  if (files === undefined) return damaged({ of: 'listing' });
  const entry = makeEntry(record, files);
  const damage = await damagedFiles(layout, entry);
  return damage === undefined ? { state: 'present', entry } : damaged(damage);
}

const damaged = (damage: Damage): Found => ({ state: 'damaged', damage });

async function damagedFiles(layout: Layout, { files }: CacheEntry): Promise<Damage | undefined> {
  const giveUpTurn = takingTurns();
  const [gone, wrongSize] = [new Array<string>(), new Array<string>()];
  for (const { path, digest, bytes } of files) {
    await giveUpTurn();
    const size = sizeOf(objectPath(layout, digest));
    if (size !== bytes) (size === undefined ? gone : wrongSize).push(path);
  }
  return gone.length + wrongSize.length === 0 ? undefined : { of: 'files', total: files.length, gone, wrongSize };
}

function sizeOf(file: string): number | undefined {
  const found = ifThere(() => statSync(file, { throwIfNoEntry: false }));
  return found?.isFile() === true ? found.size : undefined;
}
