// Brings a checkout to where it can run: node_modules as the lock file says, then the build.
// Not a script of package.json's: `node bin/giverny.js` alone must do, and npm may be told to run none.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { builds } from './builds.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = `${root}node_modules/.giverny-lock`;

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * Whether every package of `lock` is among those that npm notes as installed (node_modules/.package-lock.json), in the
 * same version; but for optional ones that are for other systems.
 */
export function areInstalled(lock, installed) {
  if (lock === undefined || installed === undefined) return false;
  const there = JSON.parse(installed).packages ?? {};
  return Object.entries(JSON.parse(lock).packages ?? {}).every(([name, wanted]) => {
    const found = there[name];
    if (name === '') return true;
    if (found === undefined) return wanted.optional === true && !isForThisSystem(wanted);
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

/** False also where it depends on the C library, which only npm looks at: the packages that name none tell enough. */
function isForThisSystem({ os, cpu, libc }) {
  return os?.includes(process.platform) === true && cpu?.includes(process.arch) === true && libc === undefined;
}

/** Runs `npm ci` when node_modules is not what package-lock.json says. */
export function installPackages() {
  const lock = read(`${root}package-lock.json`);
  const wanted = createHash('sha256').update(lock ?? '').update(`${process.platform} ${process.arch}`).digest('hex');
  if (read(stamp) === wanted) return;
  if (!areInstalled(lock, read(`${root}node_modules/.package-lock.json`))) runNpm();
  writeFileSync(stamp, wanted);
}

/** `npm ci` begins by removing node_modules, which whatever runs from this checkout still needs. */
function runNpm() {
  const [user] = builds.users();
  if (user !== undefined) {
    console.error(`giverny: package-lock.json has changed, and process ${user} runs from this checkout with the packages as they are. Wait for it, or stop it; then give the same command again.`);
    process.exit(1);
  }
  console.error('giverny: installing packages (npm ci)');
  const npm = process.env.npm_execpath;
  const [command, ...args] = npm?.endsWith('npm-cli.js') ? [process.execPath, npm] : ['npm'];
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
}

/** Installs and builds what is missing or out of date; resolves to the folder of the build. */
export async function prepareCheckout() {
  installPackages();
  const { buildIfStale } = await import('./build.js');
  return buildIfStale();
}
