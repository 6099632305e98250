/** Step 1: npm brings the tfjs binding's JavaScript and C++ source, every package pinned by the lock file that giverny ships. */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ok, type Result } from '../../../../pipeline/failure.ts';
import { packageLock, packageManifest } from '../recipe.ts';
import type { Workshop } from './help.ts';
import { runTool } from './tool.ts';
import { namesIn, watching } from './watch.ts';

const label = 'packages of the tfjs binding';

/** Fails with `engine-no-npm`, `engine-no-network` or `engine-download-failed`. Install scripts never run. */
export async function installPackages(workshop: Workshop): Promise<Result<void>> {
  const { help } = workshop;
  // A folder of its own: should an npm outlive a giverny that was killed, it writes where nobody looks.
  const work = mkdtempSync(join(workshop.folder, 'work-'));
  writeFileSync(join(work, 'package.json'), JSON.stringify(packageManifest));
  writeFileSync(join(work, 'package-lock.json'), JSON.stringify(packageLock));
  const total = Object.keys(packageLock.packages).length - 1;
  const look = () => help.progress(label, { done: Math.min(total, installedPackages(work)), total, unit: 'files', phase: 'npm' });
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--omit=dev', '--no-progress', '--loglevel=error'];
  const ended = await watching(look, runTool({ command: 'npm', args, cwd: work, env: npmEnvironment(process.env), stop: help.stop }, 'engine-no-npm', 'engine-download-failed'));
  if (!ended.ok) return ended;
  rmSync(workshop.packages, { recursive: true, force: true });
  renameSync(work, workshop.packages);
  return ok(undefined);
}

function installedPackages(work: string): number {
  const folder = join(work, 'node_modules');
  return namesIn(folder).reduce((count, name) => count + (name.startsWith('@') ? namesIn(join(folder, name)).length : name.startsWith('.') ? 0 : 1), 0);
}

/** The environment without what an outer npm (`npx giverny`, `npm start`) says about its own project. */
export function npmEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = /^npm_(config_(global|location|prefix|local_prefix|workspaces?|include_workspace_root|package_lock_only|dry_run|omit|include|only|production|ignore_scripts|offline)|package_.*|lifecycle_.*|command|execpath)$/i;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !ours.test(name) && name !== 'INIT_CWD'));
}
