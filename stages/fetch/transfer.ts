/** One connection of a download: asks for what is missing and appends it. */
import { open } from 'node:fs/promises';
import type { DownloadState, PartialDownload } from './partial-download.ts';
import { Patience } from './patience.ts';
import { hostOf, networkOutcome, refusal, sizeInWords } from './transfer-outcome.ts';
import type { TransferOutcome } from './transfer-outcome.ts';

export interface Request {
  readonly address: string;
  /** `user:password` of the URL. */
  readonly login?: string;
  /** True where the whole will be checked against a sha256, so that a server without ETag may be resumed too. */
  readonly checkedAfterwards: boolean;
  readonly stop: AbortSignal;
  /** Seconds without a byte after which a connection is given up; 30 where it is left out. */
  readonly patience?: number;
  progress(done: number, total: number | undefined): void;
}

const patienceOf = ({ patience = 30, stop }: Request) => new Patience(patience, stop);

/** Never throws for the network's or the server's doing; a full disk and `stop` do throw. */
export async function transfer(partial: PartialDownload, request: Request): Promise<TransferOutcome> {
  const have = await resumePoint(partial, request);
  const patience = patienceOf(request);
  try {
    return await connect(partial, request, have, patience);
  } finally {
    patience.end();
  }
}

async function connect(partial: PartialDownload, request: Request, have: number, patience: Patience): Promise<TransferOutcome> {
  let response: Response;
  try {
    response = await fetch(request.address, {
      headers: requestHeaders(request, partial.state, have),
      signal: patience.signal,
    });
  } catch (error) {
    return patience.stalled ? { kind: 'broken', why: `${hostOf(request)} did not answer in time` } : networkOutcome(error, request, have);
  }
  const answer = await readAnswer(response, partial, request, have);
  if (answer !== 'body follows') {
    await response.body?.cancel().catch(() => undefined);
    return answer;
  }
  return receive(response, partial, request, patience);
}

/** Whether a finished download is still what the server has; only where it gave an ETag or a date. */
export async function isCurrent(state: DownloadState | undefined, request: Request): Promise<boolean> {
  if (!state || state.address !== request.address || (state.etag ?? state.lastModified) === undefined) return false;
  const headers = new Headers(baseHeaders(request));
  if (state.etag !== undefined) headers.set('if-none-match', state.etag);
  else headers.set('if-modified-since', state.lastModified!);
  const patience = patienceOf(request);
  const response = await fetch(request.address, { headers, signal: patience.signal }).catch(() => undefined);
  await response?.body?.cancel().catch(() => undefined);
  patience.end();
  return response?.status === 304;
}

/** How many bytes can be kept: all, or none where nothing proves that the rest would be of the same file. */
async function resumePoint(partial: PartialDownload, request: Request): Promise<number> {
  const have = await partial.size();
  if (have === 0) return 0;
  if (request.checkedAfterwards && partial.state) return have;
  if (partial.state?.address === request.address && validator(partial.state) !== undefined) return have;
  await partial.restart();
  return 0;
}

/** What If-Range may hold: a strong ETag, or else the date. */
const validator = (state: DownloadState): string | undefined =>
  state.etag !== undefined && !state.etag.startsWith('W/') ? state.etag : state.lastModified;

const baseHeaders = ({ login }: Request): Record<string, string> => ({
  'user-agent': 'giverny',
  // Compressed on the way, byte counts and ranges would be of other bytes than those that arrive here.
  'accept-encoding': 'identity',
  ...(login !== undefined && { authorization: `Basic ${Buffer.from(login).toString('base64')}` }),
});

function requestHeaders(request: Request, state: DownloadState | undefined, have: number): Headers {
  const headers = new Headers(baseHeaders(request));
  if (have === 0) return headers;
  headers.set('range', `bytes=${have}-`);
  const same = state?.address === request.address ? validator(state) : undefined;
  if (same !== undefined) headers.set('if-range', same);
  return headers;
}

/** Reads status and headers, and brings the partial file to the point where the body continues it. */
async function readAnswer(response: Response, partial: PartialDownload, request: Request, have: number): Promise<TransferOutcome | 'body follows'> {
  if (response.status === 206) {
    if (await continues(response, partial, request, have)) return 'body follows';
    await partial.restart();
    return { kind: 'broken', why: 'the file has changed on the server; beginning again', waitSeconds: 0 };
  }
  if (response.status === 416) {
    if (response.headers.get('content-range') === `bytes */${have}` && partial.state?.total === have) return { kind: 'complete' };
    await partial.restart();
    return { kind: 'broken', why: 'the server has fewer bytes than are here; beginning again', waitSeconds: 0 };
  }
  if (response.ok) {
    await partial.restart();
    const length = response.headers.get('content-length');
    const total = response.headers.has('content-encoding') || length === null ? {} : { total: Number(length) };
    await partial.remember({ ...describe(response, request), ...total, pieces: 1 });
    return 'body follows';
  }
  return refusal(response, request);
}

async function continues(response: Response, partial: PartialDownload, request: Request, have: number): Promise<boolean> {
  const { state } = partial;
  const [, first, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '') ?? [];
  if (!state || Number(first) !== have) return false;
  const now = describe(response, request);
  const sameServer = state.address === request.address;
  if (sameServer && state.etag !== undefined && now.etag !== undefined && state.etag !== now.etag) return false;
  if (total !== '*' && state.total !== undefined && Number(total) !== state.total) return false;
  await partial.remember({ ...state, ...(total !== '*' && { total: Number(total) }), pieces: state.pieces + 1 });
  return true;
}

function describe(response: Response, { address }: Request) {
  const etag = response.headers.get('etag');
  const lastModified = response.headers.get('last-modified');
  return { address, ...(etag !== null && { etag }), ...(lastModified !== null && { lastModified }) };
}

/** Appends the body; complete only where as many bytes arrived as the server announced. */
async function receive(response: Response, partial: PartialDownload, request: Request, patience: Patience): Promise<TransferOutcome> {
  const file = await open(partial.file, 'a');
  let done = await partial.size();
  const { total } = partial.state!;
  try {
    const body = response.body?.getReader();
    for (;;) {
      const piece = await body?.read().catch((error: unknown) =>
        patience.stalled ? { kind: 'broken' as const, why: `the connection stalled at ${sizeInWords(done)}` } : networkOutcome(error, request, done));
      patience.renew();
      if (piece !== undefined && 'kind' in piece) return piece;
      if (piece === undefined || piece.done) break;
      await file.appendFile(piece.value);
      request.progress((done += piece.value.length), total);
    }
  } finally {
    await file.close();
  }
  if (total === undefined || done === total) return { kind: 'complete' };
  if (done > total) await partial.restart();
  return { kind: 'broken', why: `the connection ended after ${done} of ${total} bytes` };
}
