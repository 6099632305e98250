/**
 * From a planned sweep to jobs. A trial's job runs what it has alone. What several trials have and nobody has made yet is
 * made before them by shared jobs: one for all stages that the same trials have (and that the same rung needs first).
 */
import { digestText } from '../plan/digest.ts';
import type { DagNode, MergedDag } from './merged-dag.ts';
import { secondsOf } from './cost.ts';
import type { PlannedRun, SweepPlan } from './plan-sweep.ts';
import type { SweepJob, SweepTrial, Turn } from './sweep-record.ts';
import { overridesOf, overrideText } from './plan-sweep.ts';

export interface SharedJob extends SweepJob {
  readonly kind: 'shared';
  /** A trial that has its stages, by position, and which of its runs. */
  readonly home: { readonly trial: number; readonly rung: number };
  /** Names of the stages that it makes; what these read comes with them. */
  readonly stages: readonly string[];
}

export interface SweepJobs {
  readonly shared: readonly SharedJob[];
  /** In the order of the trials; of one with rungs, one a rung. */
  readonly trials: readonly SweepJob[];
  readonly recorded: readonly SweepTrial[];
}

export function makeJobs(plan: SweepPlan): SweepJobs {
  const { dag, trials } = plan;
  const onGpu = plan.engine !== undefined && plan.engine.device !== 'cpu';
  const isShared = ({ trials: count, outputs }: DagNode): boolean => count > 1 && outputs === undefined;
  const places = turnsOf(dag.nodes);
  const shared = sharedJobs(plan, isShared, onGpu, places);
  const makers = new Map(shared.flatMap(({ job, nodes }) => nodes.map((node) => [node.index, job] as const)));
  const jobs: SweepJob[] = [];
  const recorded = trials.map((trial): SweepTrial => {
    const named = trial.runs.map((run, rung) => ({ run, job: trial.runs.length === 1 ? `trial-${trial.trial}` : `trial-${trial.trial}-rung-${rung + 1}` }));
    named.forEach(({ run, job }, rung) => jobs.push({
      job, kind: 'trial', after: [...new Set(run.nodes.flatMap((node) => makers.get(node) ?? []))].concat(rung === 0 ? [] : [named[rung - 1]!.job]),
      ...costOfNodes(ownNodes(run, dag).filter((node) => !isShared(node)), onGpu, places),
    }));
    const last = named.at(-1)!;
    return {
      trial: trial.trial, values: trial.values, overrides: overridesOf(plan.fixed, trial.point, undefined, undefined).map(overrideText),
      job: last.job, run: last.run.run, identity: last.run.identity,
      ...(named.length === 1 ? {} : { rungs: named.map(({ run, job }) => ({ epochs: run.epochs!, job, run: run.run, identity: run.identity })) }),
    };
  });
  return { shared: shared.map(({ nodes: _nodes, ...job }) => job), trials: jobs, recorded };
}

/** Trainings of which one continues the other take turns, the shortest first. */
function turnsOf(nodes: readonly DagNode[]): ReadonlyMap<number, Turn> {
  const trajectories = new Map<string, DagNode[]>();
  for (const node of nodes) {
    if (node.training === undefined) continue;
    const known = trajectories.get(node.training.trajectory);
    if (known === undefined) trajectories.set(node.training.trajectory, [node]);
    else known.push(node);
  }
  return new Map([...trajectories].filter(([, members]) => members.length > 1).flatMap(([trajectory, members]) =>
    [...members].sort((left, right) => compareExtents(left.training!.extent, right.training!.extent)).map((node, place): [number, Turn] => [node.index, { of: trajectory.slice(0, 12), place }])));
}

function compareExtents(left: readonly number[], right: readonly number[]): number {
  const at = left.findIndex((value, index) => value !== right[index]);
  return at < 0 ? 0 : left[at]! - (right[at] ?? 0);
}

const ownNodes = ({ nodes }: PlannedRun, dag: MergedDag): readonly DagNode[] => nodes.map((index) => dag.nodes[index]!);

function costOfNodes(nodes: readonly DagNode[], onGpu: boolean, places: ReadonlyMap<number, Turn>): Pick<SweepJob, 'needs' | 'seconds' | 'turns'> {
  const toRun = nodes.filter(({ outputs }) => outputs === undefined);
  const turns = toRun.flatMap(({ index }) => places.get(index) ?? []);
  const engine = toRun.some((node) => node.engine);
  const isTimed = toRun.every(({ seconds }) => seconds !== undefined);
  return { needs: { engine, gpus: engine && onGpu ? 1 : 0 }, ...(isTimed ? { seconds: secondsOf(toRun) } : {}), ...(turns.length === 0 ? {} : { turns }) };
}

function sharedJobs({ dag, trials }: SweepPlan, isShared: (node: DagNode) => boolean, onGpu: boolean, places: ReadonlyMap<number, Turn>): readonly (SharedJob & { readonly nodes: readonly DagNode[] })[] {
  const groups = new Map<string, DagNode[]>();
  for (const node of dag.nodes.filter(isShared)) {
    const group = `${node.trials} ${node.signature} ${node.rung}`;
    groups.set(group, [...(groups.get(group) ?? []), node]);
  }
  // In topological order, as the nodes are: a group can only read of groups that more trials have.
  const ordered = [...groups.values()].sort((left, right) => right[0]!.trials - left[0]!.trials || left[0]!.index - right[0]!.index);
  const names = ordered.map(nameOf);
  const makers = new Map(ordered.flatMap((nodes, index) => nodes.map((node) => [node.index, names[index]!] as const)));
  const homes = homesOf(ordered, trials);
  return ordered.map((nodes, index) => {
    const job = names[index]!;
    const after = [...new Set(nodes.flatMap(({ from }) => from.flatMap((read) => makers.get(read) ?? [])))].filter((other) => other !== job);
    return { job, kind: 'shared', after, home: homes[index]!, stages: nodes.map(({ stage }) => stage), trials: nodes[0]!.trials, nodes, ...costOfNodes(nodes, onGpu, places) };
  });
}

/** By what it makes, so that what one planning left is never taken for another's. */
const nameOf = (nodes: readonly DagNode[]): string => `shared-${digestText(nodes.map(({ identity }) => identity).join(' ')).slice(0, 8)}`;

/** For each group the first trial, and run of it, that has its nodes. */
function homesOf(groups: readonly (readonly DagNode[])[], trials: SweepPlan['trials']): readonly { readonly trial: number; readonly rung: number }[] {
  const homes = new Map<number, { readonly trial: number; readonly rung: number }>();
  trials.forEach(({ runs }, trial) => runs.forEach(({ nodes }, rung) => {
    for (const node of nodes) if (!homes.has(node)) homes.set(node, { trial, rung });
  }));
  return groups.map((nodes) => homes.get(nodes[0]!.index)!);
}
