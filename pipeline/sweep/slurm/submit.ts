/**
 * Hands jobs to Slurm: an array for each kind of request. Where a job waits for others its array is held, each task is told
 * what it waits for, and the array is released; so the limit of jobs at once holds for the whole array, and a job starts as
 * soon as what it reads is there.
 */
import { failed, ok, type Result } from '../../failure.ts';
import type { ExecutorContext, SubmittedJob } from '../executor.ts';
import { readJobDescription, readJobResult } from '../job.ts';
import { turnsBefore } from '../turns.ts';
import { arraysOf, startable, type JobArray, type Prerequisite } from './arrays.ts';
import { runSlurm } from './commands.ts';
import { jobScript } from './job-script.ts';
import { isHeld, jobsIn, lives, readQueue, type Queue, type SlurmJob } from './queue.ts';
import { sbatchArguments } from './resources.ts';
import type { SlurmSettings } from './settings.ts';
import { newSubmission, outputPattern, prepareSubmission, readSubmissions, writeSubmission, type Submission } from './submission.ts';
import { dependency, groupBy, taskList, type Task } from './task-list.ts';

export interface Submitting {
  readonly context: Pick<ExecutorContext, 'folder' | 'root' | 'jobs' | 'giverny'>;
  readonly settings: SlurmSettings;
}

/** Failures: `executor-unavailable`, `executor-refused`; those of writing into the sweep's folder. Then none of these jobs runs. */
export async function submitJobs({ context, settings }: Submitting, jobs: readonly SubmittedJob[]): Promise<Result<void>> {
  const known = await knownJobs(context.folder);
  if (!known.ok) return known;
  const fresh = jobs.filter(({ job }) => !lives(known.value.get(job)));
  const prerequisites = await prerequisitesOf(fresh, known.value, context.folder);
  const wanted = startable(fresh, (job) => prerequisites.get(job) ?? 'ended-badly');
  if (wanted.length === 0) return ok(undefined);
  const longest = await longestArray();
  if (!longest.ok) return longest;
  const arrays = arraysOf(wanted, settings, context.jobs ?? settings.max_concurrent, longest.value);
  return submitArrays({ context, settings, arrays, submittedAt: new Date().toISOString(), turns: turnsBefore(wanted), living: known.value, done: (job) => prerequisites.get(job) === 'done' });
}

/** What Slurm has, after what a process that died while it submitted has left is put in order. */
async function knownJobs(folder: string): Promise<Result<ReadonlyMap<string, SlurmJob>>> {
  const submissions = await readSubmissions(folder);
  if (!submissions.ok) return submissions;
  const queue = await readQueue(submissions.value);
  if (!queue.ok) return queue;
  const kept: Submission[] = [];
  for (const submission of submissions.value) {
    const now = await takeBackHeld(folder, submission, queue.value);
    if (!now.ok) return now;
    if (now.value.void === undefined) kept.push(now.value);
  }
  return ok(jobsIn(kept, queue.value));
}

/**
 * An array of which sbatch's answer was lost is found by its name. One that is held as a whole was never told all that it
 * waits for (this process died, or the controller did and forgot), or someone held it back: it is taken back.
 */
async function takeBackHeld(folder: string, submission: Submission, queue: Queue): Promise<Result<Submission>> {
  const tasks = [...(queue.get(submission.name)?.values() ?? [])];
  const array = submission.array ?? tasks[0]?.array;
  const held = isHeld(queue.get(submission.name));
  if (!held && submission.array !== undefined && submission.held !== true) return ok(submission);
  if (held) {
    const cancelled = await runSlurm('scancel', [String(array)]);
    if (!cancelled.ok) return cancelled;
  }
  const { held: _held, ...released } = submission;
  const now: Submission = array === undefined || held ? { ...submission, void: true } : { ...released, array };
  const written = await writeSubmission(folder, now);
  return written.ok ? ok(now) : written;
}

/** What became of everything that these jobs come after and that is not among them. */
async function prerequisitesOf(jobs: readonly SubmittedJob[], known: ReadonlyMap<string, SlurmJob>, folder: string): Promise<ReadonlyMap<string, Exclude<Prerequisite, 'here'>>> {
  const names = new Set(jobs.flatMap(({ after }) => after));
  const found = await Promise.all([...names].map(async (job) => {
    if (await isDone(folder, job)) return [job, 'done'] as const;
    return [job, lives(known.get(job)) ? 'lives' : 'ended-badly'] as const;
  }));
  return new Map(found);
}

export async function isDone(folder: string, job: string): Promise<boolean> {
  const [result, description] = await Promise.all([readJobResult(folder, job), readJobDescription(folder, job)]);
  return result.ok && description.ok && result.value?.state === 'done' && result.value.identity === description.value.identity;
}

/** The most tasks that one array of this cluster may have. */
async function longestArray(): Promise<Result<number>> {
  const printed = await runSlurm('scontrol', ['show', 'config']);
  if (!printed.ok) return printed;
  const size = Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(printed.value)?.[1] ?? 1001);
  return size < 2 ? failed('executor-refused', 'this cluster takes no arrays of jobs (MaxArraySize is 0 or 1)') : ok(size - 1);
}

interface SubmittingArrays extends Submitting {
  readonly arrays: readonly JobArray[];
  /** When all of them are. */
  readonly submittedAt: string;
  readonly living: ReadonlyMap<string, SlurmJob>;
  /** Whom each best comes after, however that ends. */
  readonly turns: ReadonlyMap<string, readonly string[]>;
  done(job: string): boolean;
}

async function submitArrays(submitting: SubmittingArrays): Promise<Result<void>> {
  const { context: { folder }, arrays } = submitting;
  const submitted: Submission[] = [];
  for (const array of arrays) {
    const one = await submitArray(submitting, array);
    if (!one.ok) {
      await takeBack(folder, submitted);
      return one;
    }
    submitted.push(one.value);
  }
  for (const { waiting, after } of waitsOf(submitting, submitted)) {
    const told = await runSlurm('scontrol', ['update', `JobId=${waiting}`, `Dependency=${after}`]);
    if (told.ok) continue;
    await takeBack(folder, submitted);
    return told;
  }
  return releaseHeld(folder, submitted);
}

async function releaseHeld(folder: string, submitted: readonly Submission[]): Promise<Result<void>> {
  for (const { held, ...submission } of submitted) {
    if (held !== true) continue;
    const released = await runSlurm('scontrol', ['release', String(submission.array)]);
    if (!released.ok) return released;
    const written = await writeSubmission(folder, submission);
    if (!written.ok) return written;
  }
  return ok(undefined);
}

/** A failure that leaves half of the arrays would leave jobs that wait for nothing, or for ever. What cannot be taken back now is found held later. */
async function takeBack(folder: string, submitted: readonly Submission[]): Promise<void> {
  for (const submission of submitted) {
    const cancelled = await runSlurm('scancel', [String(submission.array)]);
    if (cancelled.ok) await writeSubmission(folder, { ...submission, void: true });
  }
}

async function submitArray({ context, settings, submittedAt, turns }: SubmittingArrays, { resources, jobs, atOnce }: JobArray): Promise<Result<Submission>> {
  const { folder, root, giverny } = context;
  const submission = newSubmission({ sweep: folder, submittedAt, jobs: jobs.map(({ job }) => job), request: resources, atOnce, hold: jobs.some(({ job, after }) => after.length > 0 || turns.has(job)) });
  const files = await prepareSubmission(folder, submission, ({ jobs: jobsFile }) => jobScript({ jobsFile, folder, giverny, settings }));
  if (!files.ok) return files;
  const args = sbatchArguments({
    settings, resources, atOnce, root, tasks: jobs.length, name: submission.name, output: outputPattern(files.value), hold: submission.held === true,
  });
  const printed = await runSlurm('sbatch', [...args, files.value.script]);
  if (!printed.ok) {
    // Refused for certain; where the controller did not answer it may have come through, and is found by its name.
    if (printed.failure.code === 'executor-refused') await writeSubmission(folder, { ...submission, void: true });
    return printed;
  }
  const array = Number(/^(\d+)(;|$)/m.exec(printed.value.trim())?.[1]);
  if (!Number.isInteger(array)) return failed('executor-refused', `sbatch printed no number of a job: ${printed.value.trim().slice(0, 200)}`);
  const now = { ...submission, array };
  const written = await writeSubmission(folder, now);
  return written.ok ? ok(now) : written;
}

/** Tasks that wait for the same are told in one call. */
function waitsOf({ arrays, living, turns, done }: SubmittingArrays, submitted: readonly Submission[]): readonly { readonly waiting: string; readonly after: string }[] {
  const tasks = new Map<string, Task>();
  for (const [job, { task }] of living) if (task !== undefined) tasks.set(job, task);
  for (const { array, jobs } of submitted) for (const [index, job] of jobs.entries()) tasks.set(job, { array: array!, index });
  const taskOf = (job: string): Task => tasks.get(job)!;
  return arrays.flatMap((array, at) => {
    const told = array.jobs.map(({ job, after }, index) => ({ index, after: dependency(after.filter((each) => !done(each)).map(taskOf), (turns.get(job) ?? []).map(taskOf)) }));
    const groups = groupBy(told.filter(({ after }) => after !== ''), ({ after }) => after);
    return groups.map((group) => ({ waiting: taskList(submitted[at]!.array!, group.map(({ index }) => index)), after: group[0]!.after }));
  });
}
