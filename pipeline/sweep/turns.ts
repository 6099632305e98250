/** In which order jobs run that train the same networks, each further than the one before. Pure. */
import type { SubmittedJob } from './executor.ts';

/**
 * The job before each that trains the same networks: best ended, well or badly, before it begins. A turn that would have
 * jobs wait for each other in a circle is left out.
 */
export function turnsBefore(jobs: readonly SubmittedJob[]): ReadonlyMap<string, readonly string[]> {
  const waitsFor = new Map(jobs.map(({ job, after }) => [job, new Set(after)]));
  const before = new Map<string, string[]>();
  const turns = jobs.flatMap(({ job, turns: own = [] }) => own.map((turn) => ({ job, ...turn })));
  const groups = new Map<string, typeof turns>();
  for (const turn of turns) {
    const known = groups.get(turn.of);
    if (known === undefined) groups.set(turn.of, [turn]);
    else known.push(turn);
  }
  for (const group of groups.values()) {
    const sorted = group.sort((left, right) => left.place - right.place);
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
