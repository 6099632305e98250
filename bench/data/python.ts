/** The Python of a virtual environment of its own, with torchvision in it; made at the first use. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import envPaths from 'env-paths';

const packages = ['torch==2.3.1', 'torchvision==0.18.1', 'numpy==1.26.4', 'pillow'];

/** `GIVERNY_BENCH_PYTHON` names another one that has torchvision. */
export function preparePython(): string {
  const given = process.env['GIVERNY_BENCH_PYTHON'];
  if (given !== undefined) return given;
  const folder = join(envPaths('giverny', { suffix: '' }).cache, 'bench-data-venv');
  const python = join(folder, 'bin', 'python');
  const ready = join(folder, 'lib-ready');
  if (existsSync(ready)) return python;
  execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' });
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', ...packages], { stdio: 'inherit' });
  execFileSync('touch', [ready]);
  return python;
}
