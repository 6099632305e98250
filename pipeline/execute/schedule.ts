/** Runs the stages of a DAG, as many at once as allowed; what depends on a failed one is skipped, everything else finishes. */
import pLimit from 'p-limit';

export interface Schedulable {
  readonly name: string;
  readonly from: readonly string[];
  /** At most one such stage runs at a time: an engine takes every core and most of the memory. */
  readonly exclusive: boolean;
}

export interface Scheduling<Stage extends Schedulable, Outcome> {
  readonly jobs: number;
  /** Called when everything in `from` succeeded. It must not throw for anything but a bug. */
  run(stage: Stage): Promise<Outcome>;
  succeeded(outcome: Outcome): boolean;
  skip(stage: Stage): Outcome;
}

/** `stages` in topological order. Resolves when all have an outcome; an exception rejects after the running ones ended. */
export async function schedule<Stage extends Schedulable, Outcome>(
  stages: readonly Stage[],
  { jobs, run, succeeded, skip }: Scheduling<Stage, Outcome>,
): Promise<ReadonlyMap<string, Outcome>> {
  const slots = pLimit(jobs);
  const engineSlot = pLimit(1);
  const outcomes = new Map<string, Promise<Outcome>>();

  async function take(stage: Stage): Promise<Outcome> {
    const read = await Promise.all(stage.from.map((name) => outcomes.get(name)!));
    if (!read.every(succeeded)) return skip(stage);
    // The engine first: a stage that waits for it must not hold a slot.
    return stage.exclusive ? engineSlot(() => slots(() => run(stage))) : slots(() => run(stage));
  }

  for (const stage of stages) outcomes.set(stage.name, take(stage));
  const settled = await Promise.allSettled(outcomes.values());
  const thrown = settled.find((result) => result.status === 'rejected');
  if (thrown !== undefined) throw thrown.reason;
  return new Map([...outcomes.keys()].map((name, index) => [name, (settled[index] as PromiseFulfilledResult<Outcome>).value]));
}
