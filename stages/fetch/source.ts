import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What `url` names. `address` of a remote one has no user name or password; `login` has them. */
export type Source =
  | { readonly kind: 'remote'; readonly address: string; readonly login?: string }
  | { readonly kind: 'zip' | 'folder' | 'missing'; readonly path: string };

/** Undefined where `url` has a scheme that is not http, https or file, or is no valid URL. */
export function sourceOf(url: string, resolve: (path: string) => string = (path) => path): Source | undefined {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return localSource(resolve(url));
  if (!URL.canParse(url)) return undefined;
  if (scheme === 'file') return localSource(fileURLToPath(url));
  return scheme === 'http' || scheme === 'https' ? remoteSource(new URL(url)) : undefined;
}

function remoteSource(url: URL): Source {
  const login = url.username ? `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` : undefined;
  url.username = '';
  url.password = '';
  url.hash = '';
  return { kind: 'remote', address: url.href, ...(login !== undefined && { login }) };
}

function localSource(path: string): Source {
  const found = statSync(path, { throwIfNoEntry: false });
  return { kind: found === undefined ? 'missing' : found.isDirectory() ? 'folder' : 'zip', path };
}
