/** What a sweep will cost: how many stages run, how many are cached, and how long it takes by the last timings. */
import { durationText } from '../progress/words.ts';
import type { DagNode } from './merged-dag.ts';
import type { SweepPlan } from './plan-sweep.ts';

export interface SweepCost {
  readonly trials: number;
  /** Different stages that have to run; of those that read what is not there yet, some may turn out cached. */
  readonly stageRuns: number;
  readonly cached: number;
  /** Of all stages that have to run, one after the other, as far as anything like them ran before. */
  readonly seconds: number;
  /** Of how many of them nothing is known. */
  readonly untimed: number;
  /** Trials at each rung, where the sweep halves. */
  readonly rungs?: readonly { readonly epochs: number; readonly trials: number }[];
}

/** How many of `trials` come to each rung. */
export function rungSizes(trials: number, { eta, epochs }: { readonly eta: number; readonly epochs: readonly number[] }): readonly number[] {
  const sizes = [trials];
  while (sizes.length < epochs.length) sizes.push(Math.max(1, Math.floor(sizes.at(-1)! / eta)));
  return sizes;
}

/** Of a sweep that halves it is not known which trials go on: the first are taken for them. */
export function costOf({ trials, dag, halving }: SweepPlan): SweepCost {
  const sizes = halving === undefined ? [trials.length] : rungSizes(trials.length, halving);
  const used = new Set<number>();
  sizes.forEach((size, rung) => { for (const { runs } of trials.slice(0, size)) for (const node of runs[rung]!.nodes) used.add(node); });
  const nodes = [...used].map((index) => dag.nodes[index]!);
  const toRun = nodes.filter(({ outputs }) => outputs === undefined);
  return {
    trials: trials.length, stageRuns: toRun.length, cached: nodes.length - toRun.length, seconds: secondsOf(toRun),
    untimed: toRun.filter(({ seconds }) => seconds === undefined).length,
    ...(halving === undefined ? {} : { rungs: halving.epochs.map((epochs, rung) => ({ epochs, trials: sizes[rung]! })) }),
  };
}

export const secondsOf = (nodes: readonly DagNode[]): number => nodes.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0);

/** `24 trials → 31 stage runs, 17 cached, about 3 h 10 min at the last timings`. `atOnce`: trials that run at the same time; where that is not known, neither is the time. */
export function costText({ trials, stageRuns, cached, seconds, untimed, rungs }: SweepCost, atOnce: number | undefined): string {
  const parts = [`${trials} ${trials === 1 ? 'trial' : 'trials'} → ${stageRuns} stage ${stageRuns === 1 ? 'run' : 'runs'}`, `${cached} cached`];
  if (atOnce !== undefined && stageRuns > untimed) {
    const unknown = untimed === 0 ? '' : `, ${untimed} of unknown length`;
    parts.push(`about ${durationText(Math.max(seconds / Math.max(1, Math.min(atOnce, trials)), 0))} at the last timings${unknown}`);
  }
  const halved = rungs === undefined ? '' : ` (rungs: ${rungs.map((rung) => `${rung.trials} × ${rung.epochs}`).join(', ')} epochs)`;
  return parts.join(', ') + halved;
}
