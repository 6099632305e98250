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
