/** The peers' Python: a virtual environment for each framework, made beside this folder when it is needed, or one that is given. */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../.venv', import.meta.url));

/**
 * Path of a Python that has the framework, as {@link pythonWith} makes it from requirements-<framework>.txt, or the one
 * that is given.
 */
export const frameworkPython = (framework: 'torch' | 'keras', given: string | undefined, say: (line: string) => void): string =>
  given ?? pythonWith(framework, fileURLToPath(new URL(`peers/requirements-${framework}.txt`, import.meta.url)), say);

/**
 * Path of the Python of the environment `name`; installs what the file `requirements` pins where it is not there yet. pip
 * reads its own configuration: PIP_INDEX_URL or PIP_EXTRA_INDEX_URL may name an index with smaller wheels, of PyTorch for
 * the CPU alone, say. Throws what pip says where it fails.
 */
export function pythonWith(name: string, requirements: string, say: (line: string) => void): string {
  const environment = join(folder, name);
  const python = join(environment, 'bin', 'python');
  const installed = join(environment, 'installed.txt');
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted) return python;
  say(`installing into ${environment}: ${wanted.trim().split('\n').join(', ')}`);
  if (!existsSync(python)) command('python3', ['-m', 'venv', environment]);
  command(python, ['-m', 'pip', 'install', '--requirement', requirements]);
  writeFileSync(installed, wanted);
  return python;
}

function command(file: string, args: readonly string[]): void {
  const { status, error } = spawnSync(file, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${error?.message ?? `exit ${status}`}`);
}
