/** Which jobs are handed to Slurm in which arrays, and what each waits for. Pure. */
import type { SubmittedJob } from '../executor.ts';
import { resourcesFor } from './resources.ts';
import type { SlurmResources, SlurmSettings } from './settings.ts';
import { groupBy } from './task-list.ts';

/** One array of jobs that ask for the same. */
export interface JobArray {
  readonly resources: SlurmResources;
  readonly jobs: readonly SubmittedJob[];
  /** How many of it run at once, at most. */
  readonly atOnce: number | undefined;
}

/** What became of the jobs that a job comes after: `here`: they are submitted with it. */
export type Prerequisite = 'here' | 'done' | 'lives' | 'ended-badly';

/**
 * The jobs of which all that they come after is done, lives in the queue, or is among these. The others will never start:
 * what they need has ended badly.
 */
export function startable(jobs: readonly SubmittedJob[], of: (job: string) => Exclude<Prerequisite, 'here'>): readonly SubmittedJob[] {
  let kept = jobs;
  for (let before = Infinity; kept.length < before;) {
    before = kept.length;
    const here = new Set(kept.map(({ job }) => job));
    kept = kept.filter(({ after }) => after.every((each) => here.has(each) || of(each) !== 'ended-badly'));
  }
  return kept;
}

/** One array for each kind of request, several where Slurm takes no array so long. Higher priority, then the given order, comes first. */
export function arraysOf(jobs: readonly SubmittedJob[], settings: SlurmSettings, limit: number | undefined, longest: number): readonly JobArray[] {
  const sorted = [...jobs].sort((left, right) => (right.priority ?? 0) - (left.priority ?? 0));
  return groupBy(sorted, ({ needs }) => JSON.stringify(resourcesFor(needs, settings))).flatMap((group) => {
    const resources = resourcesFor(group[0]!.needs, settings);
    const parts = Array.from({ length: Math.ceil(group.length / longest) }, (_, part) => group.slice(part * longest, (part + 1) * longest));
    return parts.map((part, index) => ({ resources, jobs: part, atOnce: shareOf(limit, parts.length, index) }));
  });
}

/** The limit spread over arrays, at least 1 each. */
function shareOf(limit: number | undefined, parts: number, index: number): number | undefined {
  if (limit === undefined) return undefined;
  return Math.max(1, Math.floor(limit / parts) + (index < limit % parts ? 1 : 0));
}

/**
 * The job before each that trains the same networks: best ended, well or badly, before it begins. A turn that would have
 * jobs wait for each other in a circle is left out.
 */
export function turnsBefore(jobs: readonly SubmittedJob[]): ReadonlyMap<string, readonly string[]> {
  const waitsFor = new Map(jobs.map(({ job, after }) => [job, new Set(after)]));
  const before = new Map<string, string[]>();
  const turns = jobs.flatMap(({ job, turns: own = [] }) => own.map((turn) => ({ job, ...turn })));
  for (const group of groupBy(turns, ({ of }) => of)) {
    const sorted = [...group].sort((left, right) => left.place - right.place);
    for (const [at, { job }] of sorted.slice(1).entries()) {
      const previous = sorted[at]!.job;
      if (previous === job || reaches(waitsFor, previous, job)) continue;
      waitsFor.get(job)!.add(previous);
      before.set(job, [...(before.get(job) ?? []), previous]);
    }
  }
  return before;
}

/** Whether `from` waits for `to`, directly or through others. */
function reaches(waitsFor: ReadonlyMap<string, ReadonlySet<string>>, from: string, to: string): boolean {
  const seen = new Set<string>();
  const left = [from];
  for (let job = left.pop(); job !== undefined; job = left.pop()) {
    if (job === to) return true;
    if (seen.has(job)) continue;
    seen.add(job);
    left.push(...(waitsFor.get(job) ?? []));
  }
  return false;
}
