/** A path as people should read it: relative to where they are, unless that is longer. */
import { relative } from 'node:path';

export function shownPath(path: string, cwd: string): string {
  const near = relative(cwd, path);
  return near === '' ? '.' : near.length < path.length ? near : path;
}
