import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What `url` names. `address` of a remote one has no user name or password; `login` has them. */
export type Source =
  | { readonly kind: 'remote'; readonly address: string; readonly login?: string }
  | { readonly kind: 'zip' | 'folder'; readonly path: string }
  /** `why`: what keeps it from being read, in words. */
  | { readonly kind: 'unreadable'; readonly path: string; readonly why: string };

/** Undefined where `url` has a scheme that is not http, https or file, or is no valid URL (of this machine, for a file). */
export function sourceOf(url: string, resolve: (path: string) => string = (path) => path): Source | undefined {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return localSource(resolve(url));
  try {
    if (scheme === 'file') return localSource(fileURLToPath(url));
    return scheme === 'http' || scheme === 'https' ? remoteSource(new URL(url)) : undefined;
  } catch {
    // No URL, a `%` that begins no character, or a file of another host.
    return undefined;
  }
}

function remoteSource(url: URL): Source {
  const login = url.username ? `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` : undefined;
  url.username = '';
  url.password = '';
  url.hash = '';
  return { kind: 'remote', address: url.href, ...(login !== undefined && { login }) };
}

function localSource(path: string): Source {
  try {
    return { kind: statSync(path).isDirectory() ? 'folder' : 'zip', path };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // What a failing disk says must not decide what the data is.
    if (code === 'EIO' || code === 'EMFILE' || code === 'ENFILE') throw error;
    return { kind: 'unreadable', path, why: wordsOf(code) };
  }
}

function wordsOf(code: string | undefined): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read (permissions)';
  return code === 'ELOOP' ? 'is a symbolic link that leads to itself' : `cannot be read (${code})`;
}
