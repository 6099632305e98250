import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ok } from '../../pipeline/failure.ts';
import type { Failure, Result } from '../../pipeline/failure.ts';
import { fetchFailed } from './failures.ts';
import { discard, finishedDownload, takePartialDownload } from './partial-download.ts';
import type { FinishedDownload, PartialDownload } from './partial-download.ts';
import { isCurrent, transfer } from './transfer.ts';
import type { Request } from './transfer.ts';

export interface Download extends Request {
  readonly sha256?: string;
  /** The folder that outlives attempts. */
  readonly home: string;
  log(line: string): void;
  warn(line: string): void;
}

/** Seconds to wait after the 1st, 2nd … connection in a row that brought nothing; after the last comes the failure. */
const defaultWaits = [1, 2, 4, 8, 16] as const;
/** Seconds; servers may ask for hours. */
const longestWait = 300;

/**
 * Brings a file of the network to disk and returns where it is. Goes on with what an earlier attempt left, survives
 * broken connections, and never returns bytes that differ from the sha256, or that two versions of the file were joined
 * from. Without a sha256 an earlier download serves, with a warning, where the server does not give the file now.
 * Throws when `stop` fires or the disk is full; what has arrived is kept.
 */
export async function download(request: Download, waits: readonly number[] = defaultWaits): Promise<Result<FinishedDownload>> {
  const earlier = await finishedDownload(request.home);
  if (earlier && (await isRight(earlier, request))) {
    request.log('downloaded before; used again');
    return ok(earlier);
  }
  const partial = await takePartialDownload(request.home);
  try {
    for (let begunAgain = false; ; begunAgain = true) {
      const complete = await receiveAll(partial, request, waits);
      if (!complete.ok) return (earlier && stillServes(earlier, request, complete.failure)) ?? complete;
      const digest = await sha256Of(partial.file);
      if (request.sha256 === undefined || digest === request.sha256) {
        if (request.sha256 === undefined) request.log(`sha256 of what came: ${digest} (written beside url, it pins the data)`);
        return ok(await partial.finish(request.home, digest));
      }
      const joined = (partial.state?.pieces ?? 0) > 1;
      if (!joined || begunAgain) {
        await partial.remove();
        return wrongDigest(request.address, request.sha256, digest);
      }
      request.log('the pieces of the download do not fit together; beginning again');
      await partial.restart();
    }
  } finally {
    partial.release();
  }
}

export const wrongDigest = (what: string, expected: string, actual: string) =>
  fetchFailed('fetch-wrong-digest', `${what} has the sha256 ${actual}`, {
    expected,
    hint: 'if the data was changed on purpose, write the new sha256; else do not trust this file',
  });

/** sha256 of a file, hex. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Whether a finished download is what is asked for: by its digest, or because the server says that nothing has changed. */
async function isRight(earlier: FinishedDownload, request: Download): Promise<boolean> {
  if (request.sha256 === undefined) return isCurrent(earlier.state, request);
  if ((await sha256Of(earlier.file)) === request.sha256) return true;
  await discard(earlier.folder);
  return false;
}

/** What was downloaded from this address before, unless a digest says that it is other data. */
function stillServes(earlier: FinishedDownload, request: Download, why: Failure): Result<FinishedDownload> | undefined {
  if (request.sha256 !== undefined || earlier.state?.address !== request.address) return undefined;
  request.warn(`${why.message}; what was downloaded from there before is used, and may be outdated`);
  return ok(earlier);
}

/** Connects until all bytes are there, patient as long as something arrives. */
async function receiveAll(partial: PartialDownload, request: Download, waits: readonly number[]): Promise<Result<void>> {
  let furthest = await partial.size();
  for (let fruitless = 0; ; ) {
    const outcome = await transfer(partial, request);
    if (outcome.kind === 'complete') return ok(undefined);
    if (outcome.kind === 'failed') return { ok: false, failure: outcome.failure };
    const size = await partial.size();
    fruitless = size > furthest ? 0 : fruitless + 1;
    furthest = Math.max(furthest, size);
    const wait = Math.min(outcome.waitSeconds ?? waits[Math.max(fruitless - 1, 0)] ?? 0, longestWait);
    if (fruitless > waits.length) return unreachable(request, outcome.why);
    request.warn(`${outcome.why}; trying again (${fruitless + 1} of ${waits.length + 1})${wait > 0 ? ` in ${wait} s` : ''}`);
    await sleep(wait * 1000, undefined, { signal: request.stop });
  }
}

const unreachable = ({ address }: Request, why: string) =>
  fetchFailed('fetch-unreachable', `${address} could not be downloaded: ${why}`, {
    hint: 'run the same command again to go on with what has arrived; or get the file otherwise and give its path as url',
  });
