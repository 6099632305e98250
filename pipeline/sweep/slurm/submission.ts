/**
 * What was handed to Slurm: slurm/<submission>/ in the sweep's folder, one for each array of jobs. It is written before
 * sbatch is called and says afterwards which number Slurm gave, so that a process that dies in between leaves nothing that
 * would be submitted twice: the array is found again by the submission's name, which is its job name.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { basename, join, relative } from 'node:path';
import { errorCode, fileFailure } from '../../cache/file-failure.ts';
import { failed, ok, type Result } from '../../failure.ts';
import { writeAtomic } from '../../run-folder/write-atomic.ts';
import { jobLogFile } from '../sweep-folder.ts';
import type { SlurmResources } from './settings.ts';

/** Raised when a reader of an older giverny would misread it. */
const submissionSchema = 1;

export interface Submission {
  readonly schema: typeof submissionSchema;
  /** The sweep's name and 8 hex digits: the folder's name, and Slurm's for the array. */
  readonly name: string;
  /** The same for all arrays that were submitted together. */
  readonly submittedAt: string;
  /** Whose jobs they are, as the system counts users. */
  readonly user: number;
  /** Of the array: the job of each index. */
  readonly jobs: readonly string[];
  /** What its jobs ask for. */
  readonly request: SlurmResources;
  /** How many of it run at once, at most, where there is a limit. */
  readonly atOnce?: number;
  /** Slurm's number of the array; absent until sbatch has answered. */
  readonly array?: number;
  /** Tasks that wait for others: first is said what for, then they are released. Absent: it was never held. */
  readonly held?: boolean;
  /** sbatch refused it, or Slurm never heard of it: as if it had not been. */
  readonly void?: true;
}

const folderOf = (sweep: string, name: string): string => join(sweep, 'slurm', name);
const recordFile = 'submission.json';

export interface SubmissionFiles {
  /** The submission's own folder. */
  readonly folder: string;
  readonly jobs: string;
  readonly script: string;
  /** Links to the logs of the jobs, by index. */
  readonly logs: string;
}

export function submissionFiles(sweep: string, name: string): SubmissionFiles {
  const folder = folderOf(sweep, name);
  return { folder, jobs: join(folder, 'jobs'), script: join(folder, 'job.sh'), logs: join(folder, 'logs') };
}

export interface NewSubmission extends Pick<Submission, 'submittedAt' | 'jobs' | 'request'> {
  readonly sweep: string;
  readonly atOnce: number | undefined;
  readonly hold: boolean;
}

/** With a name that no other submission on the cluster has. */
export const newSubmission = ({ sweep, submittedAt, jobs, request, atOnce, hold }: NewSubmission): Submission => ({
  schema: submissionSchema, name: `${basename(sweep)}.${randomBytes(4).toString('hex')}`, submittedAt, user: userInfo().uid, jobs, request,
  ...(atOnce !== undefined && { atOnce }), ...(hold && { held: true }),
});

/** For sbatch --output; a `%` of the folder is none of Slurm's patterns. */
export const outputPattern = ({ logs }: SubmissionFiles): string => join(logs.replaceAll('%', '%%'), '%a.log');

/** The record, the list of jobs, and for each job the link through which Slurm writes into its log. */
export async function prepareSubmission(sweep: string, submission: Submission, script: (files: SubmissionFiles) => string): Promise<Result<SubmissionFiles>> {
  const files = submissionFiles(sweep, submission.name);
  try {
    await mkdir(files.logs, { recursive: true });
    await mkdir(join(jobLogFile(sweep, 'any'), '..'), { recursive: true });
    await writeFile(files.jobs, submission.jobs.map((job) => `${job}\n`).join(''));
    await writeFile(files.script, script(files), { mode: 0o755 });
    for (const [index, job] of submission.jobs.entries()) await linkLog(files, index, jobLogFile(sweep, job));
  } catch (error) {
    return fileFailure(error, files.folder);
  }
  const written = await writeSubmission(sweep, submission);
  return written.ok ? ok(files) : written;
}

async function linkLog(files: SubmissionFiles, index: number, log: string): Promise<void> {
  await symlink(relative(files.logs, log), join(files.logs, `${index}.log`));
}

export async function writeSubmission(sweep: string, submission: Submission): Promise<Result<void>> {
  const file = join(folderOf(sweep, submission.name), recordFile);
  try {
    await writeAtomic(file, `${JSON.stringify(submission)}\n`, { durable: true });
    return ok(undefined);
  } catch (error) {
    return fileFailure(error, file);
  }
}

/** All of this sweep, the oldest first. One whose making did not come as far as its record was never handed to Slurm. */
export async function readSubmissions(sweep: string): Promise<Result<readonly Submission[]>> {
  const folder = folderOf(sweep, '');
  try {
    const found: Submission[] = [];
    for (const name of (await readdir(folder)).filter((each) => /\.[0-9a-f]{8}$/.test(each))) {
      const read = await readSubmission(join(folder, name, recordFile));
      if (!read.ok) return read;
      if (read.value !== undefined && read.value.void === undefined) found.push(read.value);
    }
    return ok(found.sort((left, right) => left.submittedAt.localeCompare(right.submittedAt) || (left.array ?? Infinity) - (right.array ?? Infinity)));
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? ok([]) : fileFailure(error, folder);
  }
}

async function readSubmission(file: string): Promise<Result<Submission | undefined>> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return ok(undefined);
  const submission = parsed(text);
  return submission === undefined ? failed('sweep-damaged', `${file} is of a form that this giverny cannot read`, {
    where: { file }, hint: 'squeue --me shows the jobs that Slurm has; remove the file once none of them is the sweep\'s',
  }) : ok(submission);
}

function parsed(text: string): Submission | undefined {
  try {
    const value = JSON.parse(text) as Submission | null;
    return value?.schema === submissionSchema && Array.isArray(value.jobs) && typeof value.name === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
