/** Reads a config file as text: UTF-8, with or without a byte order mark. */
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Result, Where } from '../../failure.ts';
import { failed, ok } from '../../failure.ts';
import { nearestName } from '../nearest-name.ts';
import type { SourceText } from '../tree/source.ts';
import { sourceOf, whereOf } from '../tree/source.ts';

/** `where` is the place that names the file: an `extends`, or nothing for the command line. */
export async function readConfigText(file: string, where?: Where): Promise<Result<SourceText>> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    return unreadable(file, error, where);
  }
  return isUtf8(bytes) ? ok({ file, folder: dirname(file), text: bytes.toString('utf8').replace(/^\uFEFF/, '') }) : notUtf8(file, bytes);
}

async function unreadable(file: string, error: unknown, where: Where | undefined) {
  const code = (error as NodeJS.ErrnoException).code;
  const place = where ?? { file };
  if (code === 'EISDIR') {
    const inside = (await namesIn(file)).filter((name) => /\.ya?ml$/.test(name));
    const hint = inside.length > 0 ? `name one of its configs: ${inside.slice(0, 5).join(', ')}` : 'name a config in it';
    return failed('config-not-found', `${basename(file)} is a folder, not a config`, { where: place, expected: 'a YAML file', hint });
  }
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const hint = await nearbyConfig(file);
    return failed('config-not-found', `there is no config ${basename(file)}`, { where: place, expected: 'a YAML file', ...hint });
  }
  return failed('config-not-found', `${basename(file)} cannot be read (${code ?? String(error)})`, { where: place });
}

async function nearbyConfig(file: string): Promise<{ readonly hint?: string }> {
  const stem = (name: string): string => name.replace(/\.ya?ml$/, '');
  const configs = (await namesIn(dirname(file))).filter((name) => /\.ya?ml$/.test(name));
  const near = nearestName(stem(basename(file)), configs.map(stem));
  const name = configs.find((config) => stem(config) === near);
  return name === undefined ? {} : { hint: `did you mean "${name}", in the same folder?` };
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

function notUtf8(file: string, bytes: Buffer) {
  const text = new TextDecoder('utf-8').decode(bytes);
  const bad = Math.max(0, text.indexOf('\uFFFD'));
  const where = whereOf(sourceOf({ file, folder: dirname(file), text }, bad, bad + 1));
  return failed('config-not-yaml', `${basename(file)} is not UTF-8 text`, { where, expected: 'UTF-8', hint: 'save the file with the encoding UTF-8' });
}
