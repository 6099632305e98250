/**
 * What people say of a run: its tags and a note, in `labels.json` in its folder. No stage writes or reads it and no digest has
 * it, so a repeat of the run leaves it as it is.
 */
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileFailure } from '../cache/file-failure.ts';
import { failed, ok, type Result } from '../failure.ts';
import { writeAtomic } from './write-atomic.ts';

export interface Labels {
  /** In alphabetical order, each once. */
  readonly tags: readonly string[];
  readonly note?: string;
}

export const labelsFile = 'labels.json';
const schema = 1;

export const noLabels: Labels = { tags: [] };

/** Fails with `run-folder-damaged` where the file is not what giverny writes. */
export function readLabels(folder: string): Result<Labels> {
  const file = join(folder, labelsFile);
  if (!existsSync(file)) return ok(noLabels);
  try {
    const read = JSON.parse(readFileSync(file, 'utf8')) as Partial<Labels> & { readonly schema?: number } | null;
    const { tags, note } = read ?? {};
    if (read?.schema === schema && Array.isArray(tags) && tags.every((tag) => typeof tag === 'string') && (note === undefined || typeof note === 'string')) {
      return ok({ tags, ...(note === undefined ? {} : { note }) });
    }
  } catch {
    // said below
  }
  return failed('run-folder-damaged', `${file} is not the labels of a run`, { where: { file }, hint: 'Remove it, and tag the run again.' });
}

/** Without tags and note the file goes. Failures: `cache-unwritable`, `cache-full`. */
export async function writeLabels(folder: string, { tags, note }: Labels): Promise<Result<void>> {
  const file = join(folder, labelsFile);
  try {
    if (tags.length === 0 && note === undefined) await rm(file, { force: true });
    else await writeAtomic(file, `${JSON.stringify({ schema, tags: [...new Set(tags)].sort(), ...(note === undefined ? {} : { note }) }, undefined, 2)}\n`);
  } catch (error) {
    return fileFailure(error, file);
  }
  return ok(undefined);
}
