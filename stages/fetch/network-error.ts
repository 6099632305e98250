/** What a failed connection means, in words. `untrusted` where TLS refused the other side: trying again would not help. */
export interface NetworkError {
  readonly why: string;
  readonly untrusted: boolean;
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

/** `fetch` throws a TypeError whose cause says what happened, sometimes several layers down. */
export function explainNetworkError(error: unknown, host: string): NetworkError {
  const { code, message } = innermost(error);
  const known = code === undefined ? undefined : words[code];
  if (known !== undefined) return { why: `${host}: ${known}`, untrusted: false };
  const untrusted = code !== undefined && /^(CERT_|ERR_TLS|ERR_SSL|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_(GET|VERIFY))/.test(code);
  return { why: `${host}: ${message}`, untrusted };
}

function innermost(error: unknown): { readonly code?: string; readonly message: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : error.cause;
  if (inner instanceof Error) return innermost(inner);
  return { message: error.message, ...('code' in error && typeof error.code === 'string' && { code: error.code }) };
}
