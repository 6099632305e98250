/** What a failed connection means, in words, and whether trying again may help: only where it is `passing`. */
export interface NetworkError {
  readonly why: string;
  /** untrusted: TLS refused the other side. permanent: the address itself, or where it leads, is wrong. */
  readonly kind: 'passing' | 'unknown host' | 'untrusted' | 'permanent';
}

const words: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host is known (DNS)',
  EAI_AGAIN: 'the name of the host could not be looked up (DNS)',
  ECONNREFUSED: 'the host refused the connection',
  ECONNRESET: 'the connection was broken',
  EPIPE: 'the connection was broken',
  UND_ERR_SOCKET: 'the connection was broken',
  ETIMEDOUT: 'the host did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'the host did not answer in time',
  UND_ERR_HEADERS_TIMEOUT: 'the host did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'no more bytes came',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'there is no network',
};

/** What `fetch` itself refuses: its errors are no system's, and but for one have no code. */
const refusals: Readonly<Record<string, string>> = {
  'redirect count exceeded': 'it redirects in a circle',
  'bad port': 'that port is for other things than the web',
  'URL scheme must be a HTTP(S) scheme': 'it redirects to an address that is not http or https',
  'Invalid URL': 'it redirects to what is no valid address',
};

/** `fetch` throws a TypeError whose cause says what happened, sometimes several layers down. */
export function explainNetworkError(error: unknown, host: string): NetworkError {
  const { code, message } = innermost(error);
  const known = code === undefined ? undefined : words[code];
  if (known !== undefined) return { why: `${host}: ${known}`, kind: code === 'ENOTFOUND' ? 'unknown host' : 'passing' };
  const refusal = refusals[message];
  if (refusal !== undefined) return { why: `${host}: ${refusal}`, kind: 'permanent' };
  const untrusted = code !== undefined && /^(CERT_|ERR_TLS|ERR_SSL|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_(GET|VERIFY))/.test(code);
  return { why: `${host}: ${message}`, kind: untrusted ? 'untrusted' : 'passing' };
}

function innermost(error: unknown): { readonly code?: string; readonly message: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : error.cause;
  if (inner instanceof Error) return innermost(inner);
  return { message: error.message, ...('code' in error && typeof error.code === 'string' && { code: error.code }) };
}
