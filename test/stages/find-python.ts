import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A Python that can import `module`: GIVERNY_TEST_PYTHON, the project's .venv, or python3. Undefined if there is none. */
export function findPython(module: string): string | undefined {
  const own = fileURLToPath(new URL('../../.venv/bin/python', import.meta.url));
  const candidates = [process.env['GIVERNY_TEST_PYTHON'], existsSync(own) ? own : undefined, 'python3'];
  return candidates.find((python) => python !== undefined && canImport(python, module));
}

function canImport(python: string, module: string): boolean {
  try {
    execFileSync(python, ['-c', `import ${module}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
