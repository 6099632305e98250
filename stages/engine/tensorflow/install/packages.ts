/** Step 1: npm brings the tfjs binding's JavaScript and C++ source, every package pinned by the lock file that giverny ships. */
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ok, type Result } from '../../../../pipeline/failure.ts';
import { packageLock, packageManifest } from '../recipe.ts';
import type { Workshop } from './help.ts';
import { runTool } from './tool.ts';
import { watching } from './watch.ts';

const label = 'packages of the tfjs binding';

/** Fails with `engine-no-npm`, `engine-no-network` or `engine-download-failed`. Install scripts never run. */
export async function installPackages(workshop: Workshop): Promise<Result<void>> {
  const { help } = workshop;
  // A folder of its own: should an npm outlive a giverny that was killed, it writes where nobody looks.
  const work = mkdtempSync(join(workshop.folder, 'work-'));
  writeFileSync(join(work, 'package.json'), JSON.stringify(packageManifest));
  writeFileSync(join(work, 'package-lock.json'), JSON.stringify(packageLock));
  const total = Object.keys(packageLock.packages).length - 1;
  const look = () => {
    const done = Math.min(total, installedPackages(work));
    help.progress(label, { done, total, unit: 'files', phase: done === 0 ? 'npm is connecting' : 'npm' });
  };
  // Without a network npm would try for minutes; what it has downloaded it keeps for the next time.
  const impatient = ['--fetch-retries=1', '--fetch-retry-mintimeout=2000', '--fetch-timeout=60000'];
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--omit=dev', '--no-progress', '--loglevel=error', ...impatient];
  const ended = await watching(look, runTool({ command: 'npm', args, cwd: work, env: npmEnvironment(process.env), stop: help.stop }, 'engine-no-npm', 'engine-download-failed'));
  if (!ended.ok) return ended;
  rmSync(workshop.packages, { recursive: true, force: true });
  renameSync(work, workshop.packages);
  return ok(undefined);
}

/** npm makes every package's folder before it has downloaded one: only those with something in them count. */
function installedPackages(work: string): number {
  const packages = Object.keys(packageLock.packages).filter((path) => path !== '');
  return packages.filter((path) => existsSync(join(work, path, 'package.json'))).length;
}

/** The environment without what an outer npm (`npx giverny`, `npm start`) says about its own project. */
export function npmEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = /^npm_(config_(global|location|prefix|local_prefix|workspaces?|include_workspace_root|package_lock_only|dry_run|omit|include|only|production|ignore_scripts|offline)|package_.*|lifecycle_.*|command|execpath)$/i;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !ours.test(name) && name !== 'INIT_CWD'));
}
