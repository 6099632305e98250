/** What `giverny sweep --dry-run` says: each trial with what has to run for it, and the cost of all. */
import { countText } from '../progress/words.ts';
import type { SweepCost } from '../sweep/cost.ts';
import type { SweepPlan } from '../sweep/plan-sweep.ts';
import { shortNames, valueText } from '../sweep/spec/axis.ts';
import type { CommandIo } from './command.ts';
import { table } from './table.ts';

const shownAtMost = 40;

export function printSweepPlan(plan: SweepPlan, cost: SweepCost, text: string, json: boolean, io: CommandIo): void {
  if (json) return printJson(plan, cost, io);
  const short = shortNames(plan.axes);
  const rows = plan.trials.slice(0, shownAtMost).map(({ trial, values, runs }) => [trial, ...plan.axes.map((axis) => valueText(values[axis]!)), runs.at(-1)!.run, workOf(plan, runs.at(-1)!.nodes)]);
  io.stdout(table(rows, ['trial', ...plan.axes.map((axis) => short.get(axis)!), 'run', 'to run']));
  const more = plan.trials.length - rows.length;
  if (more > 0) io.stdout(`… and ${countText(more)} more (--json lists all)\n`);
  io.stdout(`\n${text}\n`);
}

/** `normalize*, train, evaluate`: what is not cached; with a star what other trials have too. */
function workOf({ dag }: SweepPlan, nodes: readonly number[]): string {
  const names = nodes.map((index) => dag.nodes[index]!).filter(({ outputs }) => outputs === undefined).map(({ stage, trials }) => `${stage}${trials > 1 ? '*' : ''}`);
  return names.length === 0 ? 'nothing' : names.join(', ');
}

function printJson({ trials, dag, name, digest }: SweepPlan, cost: SweepCost, io: CommandIo): void {
  for (const { trial, values, runs } of trials) {
    const last = runs.at(-1)!;
    const stages = last.nodes.map((index) => dag.nodes[index]!).map(({ stage, outputs, trials: shared, seconds }) => ({ stage, cached: outputs !== undefined, trials: shared, ...(seconds === undefined ? {} : { seconds }) }));
    io.stdout(`${JSON.stringify({ trial, values, run: last.run, identity: last.identity, stages })}\n`);
  }
  io.stdout(`${JSON.stringify({ sweep: `${name}-${digest.slice(0, 8)}`, ...cost })}\n`);
}
