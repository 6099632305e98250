// Brings a checkout to where it can run: node_modules as the lock file says, then the build.
// npm skips pre and post scripts here (.npmrc: ignore-scripts), so the entry points call this themselves.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = `${root}node_modules/.giverny-lock`;

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Runs `npm ci` when node_modules is not what package-lock.json says. */
export function installPackages() {
  const wanted = createHash('sha256').update(read(`${root}package-lock.json`) ?? '').update(`${process.platform} ${process.arch}`).digest('hex');
  if (read(stamp) === wanted) return;
  console.error('giverny: installing packages (npm ci)');
  const npm = process.env.npm_execpath;
  const [command, ...args] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
  const { status, error } = spawnSync(command, [...args, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    // What npm prints belongs to people, and stdout may be read by a program (--json).
    stdio: ['ignore', 2, 2],
    shell: command === 'npm' && process.platform === 'win32',
  });
  if (status !== 0) {
    console.error(`giverny: npm ci failed${error ? ` (${error.message})` : ''}; see above. Is the network reachable?`);
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}

/** Installs and builds what is missing or out of date. */
export async function prepareCheckout() {
  installPackages();
  const { buildIfStale } = await import('./build.js');
  await buildIfStale();
}
