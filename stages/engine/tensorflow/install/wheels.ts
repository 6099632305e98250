/** Step 2: pip downloads wheels, pinned and checked. No Python of the wheel ever runs. */
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ok, type Result } from '../../../../pipeline/failure.ts';
import { engineFailed } from '../../failures.ts';
import type { Wheel } from '../recipe.ts';
import type { Workshop } from './help.ts';
import { runTool } from './tool.ts';
import { bytesBelow, namesIn, watching } from './watch.ts';

const pythons = [['python3', '-I'], ['python', '-I'], ['python3'], ['python']] as const;

/** The way to call pip: `-I` keeps the user's own packages out; without it only where pip itself lives among them. */
export async function findPip(stop?: AbortSignal): Promise<Result<readonly string[]>> {
  for (const python of pythons) {
    const pip = [...python, '-m', 'pip'];
    const probe = { command: pip[0]!, args: [...pip.slice(1), '--version'], cwd: process.cwd(), ...(stop ? { stop } : {}) };
    const answer = await runTool(probe, 'engine-no-pip', 'engine-no-pip');
    if (answer.ok) return ok(pip);
    if (answer.failure.code === 'interrupted') return answer;
  }
  return engineFailed('engine-no-pip', 'neither python3 nor python on the PATH has pip, which downloads TensorFlow', {
    hint: 'Install pip (Debian, Ubuntu: sudo apt install python3-pip), then run `giverny engine install`.',
  });
}

/** pip's arguments for one wheel: the interpreter and the platform are named, so that the user's Python does not matter. */
export function pipArguments(wheel: Wheel, destination: string): string[] {
  const target = ['--python-version', '3.12', '--implementation', 'cp', '--abi', 'cp312', '--platform', wheel.platform];
  const quiet = ['--disable-pip-version-check', '--no-input', '--progress-bar', 'off', '--retries', '3'];
  return ['download', '--no-deps', '--only-binary=:all:', ...target, ...quiet, '--dest', destination, `${wheel.package}==${wheel.version}`];
}

/**
 * Downloads one wheel unless it is already there, and returns its path. pip cannot continue a broken download: it begins again.
 * Fails with `engine-no-pip`, `engine-no-network`, `engine-download-failed` or `engine-digest-mismatch`.
 */
export async function downloadWheel(workshop: Workshop, wheel: Wheel): Promise<Result<string>> {
  const kept = join(workshop.downloads, `${wheel.package}-${wheel.version}.whl`);
  if (statSync(kept, { throwIfNoEntry: false })) return ok(kept);
  if (workshop.help.offline) return engineFailed('engine-not-installed', `${wheel.package} has to be downloaded first, and --offline was given`, { hint: 'Run `giverny engine install` with a network.' });
  const pip = await findPip(workshop.help.stop);
  if (!pip.ok) return pip;
  const work = mkdtempSync(join(workshop.folder, 'work-'));
  const fetched = await fetchWheel(workshop, wheel, pip.value, work);
  if (fetched.ok) {
    mkdirSync(workshop.downloads, { recursive: true });
    renameSync(fetched.value, kept);
  }
  rmSync(work, { recursive: true, force: true });
  return fetched.ok ? ok(kept) : fetched;
}

async function fetchWheel({ help }: Workshop, wheel: Wheel, pip: readonly string[], work: string): Promise<Result<string>> {
  const label = `${wheel.package} ${wheel.version}`;
  const look = () => help.progress(label, { done: Math.min(wheel.bytes, bytesBelow(work)), total: wheel.bytes, unit: 'bytes', phase: 'pip' });
  const [command, ...args] = [...pip, ...pipArguments(wheel, join(work, 'wheel'))];
  // PIP_RESUME_RETRIES: pip 25.1 and later continue a connection that broke.
  const env = { ...process.env, TMPDIR: work, PIP_RESUME_RETRIES: '5' };
  const ended = await watching(look, runTool({ command: command!, args, cwd: work, env, stop: help.stop }, 'engine-no-pip', 'engine-download-failed'));
  if (!ended.ok) return ended;
  const name = namesIn(join(work, 'wheel')).find((candidate) => candidate.endsWith('.whl'));
  if (!name) return engineFailed('engine-download-failed', `pip brought no wheel of ${label}`);
  return checkDigest(join(work, 'wheel', name), wheel);
}

/** Fails with `engine-digest-mismatch` unless the file is the pinned wheel. */
export async function checkDigest(file: string, wheel: Wheel): Promise<Result<string>> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const digest = hash.digest('hex');
  if (digest === wheel.sha256) return ok(file);
  return engineFailed('engine-digest-mismatch', `the downloaded wheel of ${wheel.package} ${wheel.version} is not the one giverny knows`, {
    expected: `sha256 ${wheel.sha256}, not ${digest}`,
    hint: 'Look at pip\'s index settings (pip config list), then run `giverny engine install`.',
  });
}
