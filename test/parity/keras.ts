/** Goldens that are too large to commit, made here by a Python that has Keras and TensorFlow: GIVERNY_PARITY_PYTHON, or .venv. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Goldens } from './goldens.ts';

const python = process.env['GIVERNY_PARITY_PYTHON'] ?? fileURLToPath(new URL('../../.venv/bin/python', import.meta.url));

/** False where there is no Keras; then it prints what is skipped. */
export function hasKeras(what: string): boolean {
  try {
    execFileSync(python, ['-c', 'import importlib.util as u, sys; sys.exit(not (u.find_spec("keras") and u.find_spec("tensorflow")))'], { stdio: 'ignore' });
    return true;
  } catch {
    console.log(`skipped: ${what} (${python} has no keras with tensorflow; set GIVERNY_PARITY_PYTHON)`);
    return false;
  }
}

/** `name` as reference/__main__.py knows it. Takes minutes. */
export async function makeGoldens(name: string): Promise<Goldens> {
  const folder = mkdtempSync(join(tmpdir(), 'giverny-parity-'));
  try {
    const file = join(folder, `${name}.safetensors`);
    execFileSync(python, [fileURLToPath(new URL('reference', import.meta.url)), name, file], { stdio: ['ignore', 'inherit', 'ignore'] });
    return await Goldens.open(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
