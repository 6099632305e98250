/**
 * runs/sweeps/<name>-<digest8>/: sweep.json, table.csv, trials/0001-… (links to the run folders), jobs/ (descriptions and
 * results), shared/<job>/ (the run folders of what trials share), logs/.
 */
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { failed, ok, type Result } from '../failure.ts';
import { runsFolder } from '../run-folder/list-runs.ts';
import { readSweepRecord, type SweepRecord } from './sweep-record.ts';

/** The folder of all sweeps, among the run folders. */
export const sweepsName = 'sweeps';

export const sweepsFolder = (root: string): string => join(runsFolder(root), sweepsName);

export const sweepFolderName = (name: string, digest: string): string => `${name}-${digest.slice(0, 8)}`;

export const tableFile = (folder: string): string => join(folder, 'table.csv');
export const trialsFolder = (folder: string): string => join(folder, 'trials');
/** Where a shared job works, as a run works in its run folder. */
export const sharedFolder = (folder: string, job: string): string => join(folder, 'shared', job);
/** What a process that runs one job prints. */
export const jobLogFile = (folder: string, job: string): string => join(folder, 'logs', `${job}.log`);

export interface FoundSweep {
  /** The folder's name. */
  readonly sweep: string;
  /** Absolute. */
  readonly folder: string;
}

/** The sweeps under runs/sweeps/, the one last begun or continued first. */
export async function listSweeps(root: string): Promise<readonly FoundSweep[]> {
  const names = (await readdir(sweepsFolder(root)).catch(() => [])).filter((name) => !name.startsWith('.'));
  const dated = await Promise.all(names.map(async (sweep) => {
    const folder = join(sweepsFolder(root), sweep);
    return { sweep, folder, changed: await stat(join(folder, 'sweep.json')).then(({ mtimeMs }) => mtimeMs, () => undefined) };
  }));
  return dated.filter(({ changed }) => changed !== undefined).sort((left, right) => right.changed! - left.changed!).map(({ sweep, folder }) => ({ sweep, folder }));
}

/** The sweep that a person means: a folder's path, its name, the beginning of it or of its digits; `latest` or undefined: the last one. */
export async function findSweep(wanted: string | undefined, root: string, cwd: string): Promise<Result<FoundSweep & { readonly record: SweepRecord }>> {
  if (wanted !== undefined && /[/\\]/.test(wanted)) return opened({ sweep: basename(wanted), folder: resolve(cwd, wanted) });
  const all = await listSweeps(root);
  if (all.length === 0) return failed('sweep-not-found', 'there are no sweeps here yet', { hint: 'giverny sweep CONFIG key=a,b, or --root DIR to look elsewhere' });
  if (wanted === undefined || wanted === 'latest') return opened(all[0]!);
  const exact = all.filter(({ sweep }) => sweep === wanted);
  const found = exact.length > 0 ? exact : all.filter(({ sweep }) => sweep.startsWith(wanted) || sweep.slice(-8).startsWith(wanted));
  if (found.length === 1) return opened(found[0]!);
  const expected = (found.length > 0 ? found : all).slice(0, 5).map(({ sweep }) => sweep).join(', ');
  return failed('sweep-not-found', found.length > 1 ? `${found.length} sweeps begin with ${wanted}` : `no sweep is called ${wanted}`, { expected: `one of ${expected}` });
}

async function opened(found: FoundSweep): Promise<Result<FoundSweep & { readonly record: SweepRecord }>> {
  const record = await readSweepRecord(found.folder);
  return record.ok ? ok({ ...found, record: record.value }) : record;
}
