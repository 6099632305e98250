/** What git knows of the folder from which a run was started: commit, and the difference to it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface GitState {
  readonly commit: string;
  readonly dirty: boolean;
  /** `git diff` against the commit; undefined where the tree is clean, or the difference is too large to keep. */
  readonly patch: string | undefined;
}

/** Characters; a larger patch holds data, not code. */
const largestPatch = 20_000_000;

/** So that `git apply` takes the patch, whatever the person's git is set to. */
const plainDiff = ['diff', '--no-ext-diff', '--no-textconv', '--no-color', '--no-relative', '--src-prefix=a/', '--dst-prefix=b/', '--binary', 'HEAD'];

const execute = promisify(execFile);

/** Undefined where there is no git, no repository or no commit yet. */
export async function readGitState(cwd: string): Promise<GitState | undefined> {
  try {
    const commit = (await git(cwd, ['rev-parse', 'HEAD'])).trim();
    const dirty = (await git(cwd, ['status', '--porcelain', '--untracked-files=no'])).trim() !== '';
    const patch = dirty ? await git(cwd, plainDiff).catch(() => undefined) : undefined;
    return { commit, dirty, patch };
  } catch {
    return undefined;
  }
}

async function git(cwd: string, args: readonly string[]): Promise<string> {
  const { stdout } = await execute('git', ['-c', 'core.quotepath=off', ...args], { cwd, maxBuffer: largestPatch, timeout: 20_000, windowsHide: true });
  return stdout;
}
