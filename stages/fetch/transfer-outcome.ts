/** How one connection ended, and whether another is worth it. */
import type { Failure } from '../../pipeline/failure.ts';
import { fetchFailed } from './failures.ts';
import { explainNetworkError } from './network-error.ts';
import type { Request } from './transfer.ts';

/** complete: all bytes are there. broken: worth another connection (after `waitSeconds`, if the server said). */
export type TransferOutcome =
  | { readonly kind: 'complete' }
  | { readonly kind: 'broken'; readonly why: string; readonly waitSeconds?: number }
  | { readonly kind: 'failed'; readonly failure: Failure };

export function refusal(response: Response, { address }: Request): TransferOutcome {
  const status = `${response.status}${response.statusText ? ` ${response.statusText}` : ''}`;
  if (response.status >= 500 || [408, 425, 429].includes(response.status)) {
    const wait = Number(response.headers.get('retry-after') ?? NaN);
    return { kind: 'broken', why: `the server answered ${status}`, ...(Number.isFinite(wait) && { waitSeconds: wait }) };
  }
  const { failure } = fetchFailed('fetch-refused', `${address}: the server answered ${status}`, {
    hint: 'check the address, or get the file otherwise and give its path as url',
  });
  return { kind: 'failed', failure };
}

/** `have`: bytes that have arrived. An unknown host is final only where none have, for then the network may be gone for a while. */
export function networkOutcome(error: unknown, request: Request, have: number): TransferOutcome {
  request.stop.throwIfAborted();
  const { why, kind } = explainNetworkError(error, hostOf(request));
  if (kind === 'passing' || (kind === 'unknown host' && have > 0)) return { kind: 'broken', why };
  if (kind === 'untrusted') {
    const { failure } = fetchFailed('fetch-untrusted', `${request.address}: ${why}`, {
      hint: 'behind a proxy that opens TLS, set NODE_EXTRA_CA_CERTS; or get the file otherwise and give its path as url',
    });
    return { kind: 'failed', failure };
  }
  const { failure } = fetchFailed('fetch-unreachable', `${request.address} could not be downloaded: ${why}`, {
    hint: 'check the address and the network; or get the file otherwise and give its path as url',
  });
  return { kind: 'failed', failure };
}

export const hostOf = ({ address }: Request): string => new URL(address).host;

/** As the progress lines say it: `5.0 kB`. */
export function sizeInWords(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 4);
  return power === 0 ? `${bytes} B` : `${(bytes / 1000 ** power).toFixed(1)} ${' kMGT'[power]}B`;
}
