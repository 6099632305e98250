// Where a checkout's builds lie: each in a folder of its own, so that a new one takes nothing from under a training that
// runs from an older one. dist/current names the newest; its time says of when the sources were.
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const keptAtLeast = 3;
const marker = /^in-use-(\d+)$/;
let built = 0;

export function buildsIn(dist) {
  const folders = join(dist, 'builds');
  const current = join(dist, 'current');

  function markInUse(folder) {
    const file = join(folder, `in-use-${process.pid}`);
    try {
      writeFileSync(file, '');
      process.once('exit', () => rmSync(file, { force: true }));
    } catch {
      // A checkout on a read-only disk: nobody builds there either.
    }
  }

  /** Makes the folder of a new build. Nobody runs it until {@link makeCurrent} names it. */
  function begin() {
    const name = `${new Date().toISOString().replaceAll(/[-:.]/g, '')}-${process.pid}-${(built += 1)}`;
    const folder = join(folders, name);
    mkdirSync(folder, { recursive: true });
    markInUse(folder);
    return { name, folder };
  }

  /** `asOf`: when its sources were read. Older builds that no living process uses are removed, but for the newest few. */
  function makeCurrent({ name }, asOf) {
    const temporary = join(dist, `.current-${process.pid}`);
    writeFileSync(temporary, `${name}\n`);
    utimesSync(temporary, asOf, asOf);
    renameSync(temporary, current);
    for (const old of namesIn(folders).sort().reverse().slice(keptAtLeast)) {
      if (old !== name && usersOf(old).length === 0) rmSync(join(folders, old), { recursive: true, force: true });
    }
  }

  /** The folder of the current build and the time of its sources in milliseconds; undefined before the first. */
  function newest() {
    try {
      const folder = join(folders, readFileSync(current, 'utf8').trim());
      statSync(join(folder, 'giverny.js'));
      return { folder, asOf: statSync(current).mtimeMs };
    } catch {
      return undefined;
    }
  }

  const usersOf = (name) => namesIn(join(folders, name)).map((file) => Number(marker.exec(file)?.[1])).filter(lives);
  /** Ids of the other living processes that run, or make, one of these builds. */
  const users = () => namesIn(folders).flatMap(usersOf).filter((pid) => pid !== process.pid);

  return { begin, makeCurrent, newest, markInUse, users };
}

function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function lives(pid) {
  if (Number.isNaN(pid)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Of this checkout. */
export const builds = buildsIn(fileURLToPath(new URL('../dist', import.meta.url)));
