/** Writing an image set. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutputDeclaration } from '../../pipeline/stage.ts';
import { descriptionFile, domains, splits } from './image-set.ts';
import type { Domain, ImageSetDescription, Split } from './image-set.ts';

/** What a stage that makes an image set, as images or as arrays, declares as its outputs. */
export const imageSetOutputs: readonly OutputDeclaration[] = [
  { path: descriptionFile, kind: 'reproducible' },
  { path: 'train/', kind: 'reproducible', optional: true },
  { path: 'test/', kind: 'reproducible', optional: true },
];

export async function writeDescription(folder: string, description: ImageSetDescription): Promise<void> {
  await writeFile(join(folder, descriptionFile), JSON.stringify(description, null, 2) + '\n');
}

/** Makes the folders `<split>/<domain>/` of the splits that the description names. */
export async function makePartFolders(folder: string, description: ImageSetDescription): Promise<void> {
  for (const split of splits.filter((name) => description.splits[name])) {
    for (const domain of domains) await mkdir(partFolder(folder, split, domain), { recursive: true });
  }
}

export const partFolder = (folder: string, split: Split, domain: Domain): string => join(folder, split, domain);
