/** What a `translate` is given: checked against what its pictures would overwrite before anything starts. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, extname, join, relative, resolve } from 'node:path';
import { shortPath } from '../config/tree/source.ts';
import { failed, ok, type Failure, type Result } from '../failure.ts';

/** One file or folder that was named. */
export interface NamedImages {
  /** Absolute. */
  readonly path: string;
  /** Of a folder: the files in it and below, relative to it, with forward slashes. */
  readonly files?: readonly string[];
}

export interface WantedImages {
  /** As typed. */
  readonly named: readonly string[];
  /** Absolute. */
  readonly into: string;
  readonly overwrite: boolean;
  readonly cwd: string;
}

/** Fails with `outside-input-missing`, or with `usage` where a picture would take the place of another file. */
export function namedImages({ named, into, overwrite, cwd }: WantedImages): Result<readonly NamedImages[]> {
  const found: NamedImages[] = [];
  for (const name of named) {
    const images = listNamed(resolve(cwd, name), into);
    if (images === undefined) return failed('outside-input-missing', `${name} does not exist or cannot be read`, { expected: 'an image or a folder of images' });
    const inTheWay = targetsOf(images).map(({ from, below }) => whatIsInTheWay(from, join(into, below), overwrite, cwd)).find((failure) => failure !== undefined);
    if (inTheWay !== undefined) return { ok: false, failure: inTheWay };
    found.push(images);
  }
  return ok(found);
}

function listNamed(path: string, into: string): NamedImages | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isDirectory()) return stats && { path };
  // What was translated earlier, into a folder below this one, is nothing to translate.
  const isOwn = (file: string) => path !== into && !relative(into, file).startsWith('..');
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((below) => !isOwn(join(path, below)) && statSync(join(path, below), { throwIfNoEntry: false })?.isFile() === true)
    .map((below) => below.replaceAll('\\', '/'));
  return { path, files: files.sort() };
}

const targetsOf = ({ path, files }: NamedImages): readonly { readonly from: string; readonly below: string }[] =>
  files === undefined ? [{ from: path, below: basename(path) }] : files.map((below) => ({ from: join(path, below), below }));

function whatIsInTheWay(from: string, to: string, overwrite: boolean, cwd: string): Failure | undefined {
  if (from === to) return usage(`${shortPath(to, cwd)} would be overwritten by its own translation`, 'give another folder with -o');
  const asPng = `${to.slice(0, to.length - extname(to).length)}.png`;
  const there = overwrite ? undefined : [to, asPng].find((path) => existsSync(path));
  return there === undefined ? undefined : usage(`${shortPath(there, cwd)} is there already`, '--overwrite, or another folder with -o');
}

const usage = (message: string, hint: string): Failure => failed('usage', message, { hint }).failure;
