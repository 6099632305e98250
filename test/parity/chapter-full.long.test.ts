/**
 * The chapter at full size (128×128, 32 filters, 6 blocks; discriminators from 64), on TensorFlow. Its golden is 300 MB, so
 * it is made here, by a Python that has Keras and TensorFlow: GIVERNY_PARITY_PYTHON, or .venv. Takes 10 GB and minutes.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import { testEngine } from '../helpers/test-engine.ts';
import { full } from './bounds.ts';
import { Goldens } from './goldens.ts';
import { chapterFull } from './recipes.ts';
import { trainingTests } from './training-tests.ts';

const test = suite('the full-size chapter in Keras and on tensorflow');
const python = process.env['GIVERNY_PARITY_PYTHON'] ?? fileURLToPath(new URL('../../.venv/bin/python', import.meta.url));

const found = hasKeras();
if (!found) console.log(`skipped: the full-size chapter (${python} has no keras with tensorflow; set GIVERNY_PARITY_PYTHON)`);
const tf = found ? await testEngine('tensorflow') : undefined;
if (tf === undefined) test.skip('the full-size chapter', () => undefined);
else trainingTests(test, tf, await makeGoldens(), chapterFull, full);
test.run();

function hasKeras(): boolean {
  try {
    execFileSync(python, ['-c', 'import importlib.util as u, sys; sys.exit(not (u.find_spec("keras") and u.find_spec("tensorflow")))'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function makeGoldens(): Promise<Goldens> {
  const folder = mkdtempSync(join(tmpdir(), 'giverny-parity-'));
  try {
    const file = join(folder, 'chapter-full.safetensors');
    execFileSync(python, [fileURLToPath(new URL('reference', import.meta.url)), 'chapter-full', file], { stdio: ['ignore', 'inherit', 'ignore'] });
    return await Goldens.open(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
