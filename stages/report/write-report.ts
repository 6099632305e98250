import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { page } from './page.ts';
import { readRunFolder } from './run-folder.ts';

export const reportFile = 'report.html';

/** Renders what the run folder holds at this moment; whole or not at all. Returns the report's path. */
export async function writeReport(runFolder: string): Promise<string> {
  const file = join(runFolder, reportFile);
  // A name that the runner knows for a partial file, should this process die.
  const temporary = join(runFolder, `.${randomBytes(6).toString('hex')}.partial`);
  try {
    await writeFile(temporary, await page(await readRunFolder(runFolder)));
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return file;
}
