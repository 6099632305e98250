/** Breaks a copy of the working tree in one way at a time, and asks the tests. */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mutation } from './mutation.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));

const leftOut = new Set(['.git', 'node_modules', 'dist', 'runs', '.giverny', '.venv', 'shared']);

/** How often the text of a mutation occurs in its file below `folder`; 0 too where there is no such file. */
export function occurrences({ file, find }: Mutation, folder = root): number {
  try {
    return readFileSync(join(folder, file), 'utf8').split(find).length - 1;
  } catch {
    return 0;
  }
}

/** A copy of the project that may be broken; packages are the project's own. */
export class ScratchTree {
  readonly folder = mkdtempSync(join(tmpdir(), 'giverny-mutation-'));

  constructor() {
    cpSync(root, this.folder, { recursive: true, filter: (source) => source === root || !leftOut.has(basename(source)) });
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'), 'dir');
  }

  /** The first of the mutation's tests that fails once it is applied; undefined where none does. The copy is whole again afterwards. */
  async caughtBy({ file, find, replace, tests }: Mutation): Promise<string | undefined> {
    const path = join(this.folder, file);
    const whole = readFileSync(path, 'utf8');
    writeFileSync(path, whole.replace(find, () => replace));
    try {
      for (const test of tests) if (!(await this.passes(test))) return test;
      return undefined;
    } finally {
      writeFileSync(path, whole);
    }
  }

  /** As `npm test` judges, but for what the guard adds: the process of a test file ends well. */
  passes(test: string): Promise<boolean> {
    const child = spawn(process.execPath, ['--import', 'tsx', test], { cwd: this.folder, stdio: 'ignore', timeout: 600_000 });
    return new Promise((resolve) => child.on('close', (code) => resolve(code === 0)));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
