/** A compiled stage, imported. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What the user's file gives: its default export, or else the export named `stage`. */
export interface StageExport {
  readonly value: unknown;
  /** The names of all exports. */
  readonly names: readonly string[];
}

/** Runs the module's top level; what that throws is thrown, with its stack in the user's own lines. */
export async function importProgram(program: string): Promise<StageExport> {
  process.setSourceMapsEnabled(true);
  const folder = await mkdtemp(join(tmpdir(), 'giverny-stage-'));
  try {
    const file = join(folder, 'stage.mjs');
    await writeFile(file, program);
    const exported = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
    return { value: exported['default'] ?? exported['stage'], names: Object.keys(exported) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
