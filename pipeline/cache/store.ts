/** Takes what a stage wrote into the cache. The key's record comes last, so that a process that dies leaves no half entry. */
import { rm } from 'node:fs/promises';
import { ok } from '../failure.ts';
import type { Result } from '../failure.ts';
import type { OutputDeclaration } from '../stage.ts';
import { listingText } from '../plan/digest.ts';
import type { ListedFile } from '../plan/digest.ts';
import type { KeyManifest } from '../plan/key.ts';
import { makeEntry } from './entry.ts';
import type { CacheEntry } from './entry.ts';
import { fileFailure } from './file-failure.ts';
import { writeKeyRecord } from './key-record.ts';
import type { KeyRecord } from './key-record.ts';
import { keyPath } from './layout.ts';
import type { Layout } from './layout.ts';
import { adoptCopy, adoptObject, storeText, writeWhole } from './objects.ts';
import { quarantinedKeyPath } from './quarantine.ts';
import { scanOutputs } from './scan.ts';
import type { FoundOutput, Scan } from './scan.ts';
import { takingTurns } from './turn.ts';

export interface StoreRequest {
  readonly key: string;
  readonly identity: string;
  readonly manifest: KeyManifest;
  readonly uses: string;
  /** The stage's name in the config. */
  readonly stage: string;
  /** The run that made it, by its folder's name: for `why`. */
  readonly run?: string;
  readonly seconds: number;
  /** What the stage last said of itself: a run that takes its outputs from the cache says so, too. */
  readonly figures?: Readonly<Record<string, number>>;
  /** What the stage wrote; its declared files are moved out of it. */
  readonly folder: string;
  readonly outputs: readonly OutputDeclaration[];
  /** Listings of outside folders that the manifest has digests of: kept, so that `why` can name the files that changed. */
  readonly listings?: readonly string[];
  /** Told of files that no declaration covers; they are left out. */
  warn?(line: string): void;
}

/** Failures: `stage-output-missing`, `stage-output-unusable`, `cache-full`, `cache-unwritable`. */
export async function storeOutputs(layout: Layout, request: StoreRequest): Promise<Result<CacheEntry>> {
  try {
    const scan = await scanOutputs(request.folder, request.outputs);
    if (!scan.ok) return scan;
    warnOfUndeclared(scan.value, request);
    const stored = await adoptAll(layout, scan.value.found);
    return ok(await writeEntry(layout, request, stored));
  } catch (error) {
    return fileFailure(error, layout.cache);
  }
}

type Stored = Readonly<Record<OutputDeclaration['kind'], readonly ListedFile[]>>;

/** Links first: the files they lead to may be moved afterwards. */
async function adoptAll(layout: Layout, found: readonly FoundOutput[]): Promise<Stored> {
  const stored = { reproducible: new Array<ListedFile>(), record: new Array<ListedFile>() };
  const giveUpTurn = takingTurns();
  for (const shared of [true, false]) {
    for (const output of found) {
      if (output.shared !== shared) continue;
      await giveUpTurn();
      const adopted = shared ? await adoptCopy(layout, output.file) : await adoptObject(layout, output.file);
      stored[output.kind].push({ path: output.path, ...adopted });
    }
  }
  return stored;
}

async function writeEntry(layout: Layout, request: StoreRequest, stored: Stored): Promise<CacheEntry> {
  const { key, identity, manifest, uses, stage, run, seconds, figures = {} } = request;
  for (const listing of request.listings ?? []) await storeText(layout, listing);
  const outputs = await storeText(layout, listingText(stored.reproducible));
  const record: KeyRecord = {
    key, identity, stage, ...(run === undefined ? {} : { run }), uses, manifest, outputs, records: stored.record, seconds, created: new Date().toISOString(),
    // A loss may be no number, which JSON does not have.
    figures: Object.fromEntries(Object.entries(figures).filter(([, value]) => Number.isFinite(value))),
  };
  await writeWhole(layout, keyPath(layout, key), writeKeyRecord(record));
  await rm(quarantinedKeyPath(layout, key), { force: true });
  return makeEntry(record, stored.reproducible);
}

const namedAtMost = 3;

function warnOfUndeclared(scan: Scan, request: StoreRequest): void {
  const { undeclared } = scan;
  if (undeclared.length === 0) return;
  const named = undeclared.slice(0, namedAtMost).join(', ');
  const more = undeclared.length > namedAtMost ? ` and ${undeclared.length - namedAtMost} more` : '';
  request.warn?.(`${request.stage} wrote ${named}${more}, which it does not declare: not kept`);
}
