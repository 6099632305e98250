/** What git says of the code of two runs: the trees that their commits and patches make, and what lies between these. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { errorCode } from '../cache/file-failure.ts';
import type { CodeDifference } from './comparison.ts';
import type { GatheredRun, RecordedCode } from './gather.ts';

export interface CodeOptions {
  /** Where the command was called: a repository may be there. */
  readonly cwd: string;
  /** Whether the patch is wanted, or its size alone. */
  readonly patch: boolean;
}

/** What the other than A is called; undefined where letters stand before the text, which may be that of several. */
type Name = string | undefined;

type Difference = Omit<CodeDifference, 'letter'>;

/** Of `run`, called `name`, against `reference`, A; undefined where nothing differs. Not knowing is a difference, too. */
export async function codeDifference(reference: GatheredRun, run: GatheredRun, name: Name, options: CodeOptions): Promise<Difference | undefined> {
  const [before, after] = [reference.code, run.code];
  if (before === null && after === null) return undefined;
  if (before === undefined || after === undefined) return { text: 'not known: environment.json does not say' };
  if (before === null || after === null) return { text: `${before === null ? 'A was' : `${name ?? 'it'} was`} run outside of any repository` };
  if (isSame(before, after)) return undefined;
  const lost = lostPatch(before, after, name);
  if (lost !== undefined) return { text: `${sayCommits(before, after, name)}; ${lost}` };
  const repository = await findRepository([...before.folders, ...after.folders, options.cwd], [before.commit, after.commit]);
  if (typeof repository !== 'string') return { text: `${sayCommits(before, after, name)}; ${repository.missing === undefined ? 'their repository is not here' : `the repository here has no commit ${repository.missing.slice(0, 8)}`}` };
  return betweenTrees(repository, before, after, name, options);
}

const isSame = (before: RecordedCode, after: RecordedCode): boolean =>
  before.commit === after.commit && before.patch === after.patch && before.dirty === after.dirty && before.dirty === (before.patch !== undefined);

function lostPatch(before: RecordedCode, after: RecordedCode, name: Name): string | undefined {
  const lost = [before, after].map(({ dirty, patch }) => dirty && patch === undefined);
  if (!lost.includes(true)) return undefined;
  return `${lost[0] && lost[1] ? 'both had' : lost[0] ? 'A had' : `${name ?? 'it'} had`} changes that were not committed, and are not kept`;
}

function sayCommits(before: RecordedCode, after: RecordedCode, name: Name): string {
  const uncommitted = [before, after].map(({ dirty }) => dirty);
  const changes = uncommitted[0] && uncommitted[1] ? 'both with uncommitted changes' : uncommitted[0] ? 'A with uncommitted changes' : uncommitted[1] ? (name === undefined ? 'with uncommitted changes, A without' : `${name} with uncommitted changes`) : undefined;
  const commits = before.commit === after.commit ? `commit ${short(before)}` : `commit ${short(before)} → ${short(after)}`;
  return changes === undefined ? commits : `${commits}, ${changes}`;
}

const short = ({ commit }: RecordedCode): string => commit.slice(0, 8);

/** The top of the first repository that has every commit, or which of them is missing in those that there are. */
async function findRepository(folders: readonly string[], commits: readonly string[]): Promise<string | { readonly missing: string | undefined }> {
  let missing: string | undefined;
  for (const folder of new Set(folders)) {
    const top = await git(folder, ['rev-parse', '--show-toplevel']);
    if (top === undefined) continue;
    const absent = (await Promise.all(commits.map(async (commit) => ((await git(folder, ['cat-file', '-e', `${commit}^{commit}`])) === undefined ? commit : undefined)))).find((each) => each !== undefined);
    if (absent === undefined) return top.trim();
    missing ??= absent;
  }
  return { missing };
}

async function betweenTrees(repository: string, before: RecordedCode, after: RecordedCode, name: Name, options: CodeOptions): Promise<Difference> {
  const scratch = await mkdtemp(join(tmpdir(), 'giverny-diff-'));
  try {
    const objects = resolve(repository, ((await git(repository, ['rev-parse', '--git-path', 'objects'])) ?? '').trim());
    const env = { GIT_OBJECT_DIRECTORY: scratch, GIT_ALTERNATE_OBJECT_DIRECTORIES: objects };
    const trees = [await treeOf(repository, before, join(scratch, 'index-a'), env), await treeOf(repository, after, join(scratch, 'index-b'), env)];
    const said = sayCommits(before, after, name);
    const broken = trees.findIndex((tree) => tree === undefined);
    if (broken >= 0) return { text: `${said}; ${broken === 0 ? 'the git.patch of A' : name === undefined ? 'its git.patch' : `the git.patch of ${name}`} does not fit its commit` };
    const [from, to] = trees as [string, string];
    if (from === to) return { text: `${said}: the same code` };
    const [stat, patch] = [await git(repository, ['diff', '--stat=76', ...plain, from, to], env), options.patch ? await git(repository, ['diff', '--binary', ...plain, from, to], env) : undefined];
    return { text: said, ...(stat === undefined ? {} : { stat: stat.trimEnd() }), ...(patch === undefined ? {} : { patch }) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Whatever the person's git is set to. */
const plain = ['--no-ext-diff', '--no-textconv', '--no-color', '--src-prefix=a/', '--dst-prefix=b/'];

/** The tree that the commit is with the patch upon it, in an index and among objects of their own: the repository stays as it is. */
async function treeOf(repository: string, { commit, patch }: RecordedCode, index: string, env: Environment): Promise<string | undefined> {
  const own = { ...env, GIT_INDEX_FILE: index };
  if ((await git(repository, ['read-tree', commit], own)) === undefined) return undefined;
  if (patch !== undefined) {
    const file = `${index}.patch`;
    await writeFile(file, patch);
    if ((await git(repository, ['apply', '--cached', '--whitespace=nowarn', file], own)) === undefined) return undefined;
  }
  return (await git(repository, ['write-tree'], own))?.trim();
}

type Environment = Readonly<Record<string, string>>;

const execute = promisify(execFile);

/** Characters; a larger patch holds data, not code. */
const largestPatch = 50_000_000;

/** Undefined where git fails, or is not there. */
async function git(cwd: string, args: readonly string[], env: Environment = {}): Promise<string | undefined> {
  try {
    const { stdout } = await execute('git', ['-c', 'core.quotepath=off', ...args], { cwd, env: { ...process.env, ...env }, maxBuffer: largestPatch, timeout: 60_000, windowsHide: true });
    return stdout;
  } catch (error) {
    if (!(error instanceof Error) || (!('code' in error) && errorCode(error) === undefined)) throw error;
    return undefined;
  }
}
