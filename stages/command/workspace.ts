/** The folder in which a program runs. */
import { constants, copyFile, cp, mkdir, readdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { failed, ok } from '../../pipeline/failure.ts';
import type { Result } from '../../pipeline/failure.ts';
import type { StageInput } from '../../pipeline/stage.ts';
import { commandFailed } from './failures.ts';
import type { CommandInput } from './schema.ts';

/** The folder of input `index` (from 0), as the program names it. By number: a stage's name must not reach its output. */
export const inputFolder = (index: number): string => `../inputs/${index + 1}`;

/** Copies (by reference where the file system can) all outputs of a stage to where {@link inputFolder} says. */
export async function layOutInput(input: StageInput, index: number, work: string): Promise<void> {
  for (const file of input.files) {
    const target = join(work, inputFolder(index), file.path);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(input.locate(file.path), target, constants.COPYFILE_FICLONE);
  }
}

/** Puts the user's own files into the working folder. */
export async function layOutFiles(inputs: readonly CommandInput[], work: string): Promise<Result<void>> {
  for (const { path, as } of inputs) {
    if (!(await stat(path).catch(() => undefined))) return failed('outside-input-missing', `${path} does not exist`);
    await mkdir(dirname(join(work, as)), { recursive: true });
    await cp(path, join(work, as), { recursive: true, dereference: true, mode: constants.COPYFILE_FICLONE });
  }
  return ok(undefined);
}

/** Moves the declared outputs from the working folder to `out`; fails where one is missing. */
export async function collectOutputs(outputs: readonly string[], work: string, out: string): Promise<Result<void>> {
  for (const path of outputs) {
    const missing = await whatIsMissing(path, work);
    if (missing !== undefined) {
      return commandFailed('command-output-missing', `the program ended well, but ${missing}`, {
        expected: `${path} in its working folder`,
        hint: 'compare what the program writes with outputs; the stage’s log has what it printed',
      });
    }
  }
  for (const path of outputs) {
    await mkdir(dirname(join(out, path)), { recursive: true });
    await rename(join(work, path), join(out, path));
  }
  return ok(undefined);
}

async function whatIsMissing(path: string, work: string): Promise<string | undefined> {
  const found = await stat(join(work, path)).catch(() => undefined);
  if (!found) return `did not write ${path}`;
  if (!path.endsWith('/')) return found.isFile() ? undefined : `${path} is a folder (outputs names folders with a slash: ${path}/)`;
  if (!found.isDirectory()) return `${path} is no folder`;
  return (await readdir(join(work, path))).length > 0 ? undefined : `left ${path} empty`;
}
