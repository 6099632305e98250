/** Injects deaths and errors into runs of one project, one a run, and holds what the next run makes against an uninterrupted one. */
import { isDeepStrictEqual } from 'node:util';
import { randomStream } from '../../stages/random.ts';
import { classOf, deedsAt, isDeath, logFile, readSteps, whereReached, type Order, type Role, type Step } from './injection.ts';
import { badEnding, leftBehind, whatWasMade, type Made } from './outcome.ts';
import { copyProject, removeProject, runArguments, runCommand, type RunCommand } from './project.ts';

export interface Scenario {
  readonly name: string;
  /** A folder with the project as the tortured run finds it; copied for each. */
  readonly prepared: string;
  /** Changes each copy before its run: damages an object, say. */
  change?(root: string): void;
  readonly roles: readonly Role[];
  /** What is tortured: `run`, unless something else is named. */
  readonly command?: readonly string[];
  /** What people do next, to the end that everything is as after an uninterrupted one; resolves to what is wrong with it. By default they run. */
  heal?(root: string, run: RunCommand): Promise<string | undefined>;
  /** A folder on another file system, where the cache is to lie. */
  readonly elsewhere?: string;
  readonly mayQuarantine?: boolean;
  /** In processes of their own, unless it says otherwise: see inside.ts. */
  readonly run?: RunCommand;
}

export interface Trial {
  readonly scenario: Scenario;
  readonly order: Order;
  /** Where it happened; undefined where the process did not come so far. */
  readonly reached: string | undefined;
  /** What is wrong; undefined: nothing. */
  readonly problem: string | undefined;
}

export const torturedCommand = ({ command = runArguments }: Scenario): readonly string[] => command;
export const howToRun = ({ run = runCommand }: Scenario): RunCommand => run;

/** That a command ends well, or what it says. */
export async function wellEnded(root: string, args: readonly string[], run: RunCommand): Promise<string | undefined> {
  const { code, signal, stdout, stderr } = await run(root, args);
  return code === 0 ? undefined : `the next ${args.join(' ')} ended with ${signal ?? code}:\n${stdout}${stderr}`;
}

export const fresh = (scenario: Scenario): string => {
  const root = copyProject(scenario.prepared, scenario.elsewhere);
  scenario.change?.(root);
  return root;
};

/** What an uninterrupted run makes. */
export async function uninterrupted(scenario: Scenario): Promise<Made> {
  const root = fresh(scenario);
  const { code, stderr } = await howToRun(scenario)(root, torturedCommand(scenario));
  const unhealed = code === 0 ? await heal(scenario, root) : stderr;
  if (unhealed !== undefined) throw new Error(`${scenario.name} does not run: ${unhealed}`);
  const left = leftBehind(root, scenario);
  if (left.length > 0) throw new Error(`${scenario.name} leaves ${left.join(', ')}`);
  const made = whatWasMade(root);
  removeProject(root);
  return made;
}

/** The file-system calls of an uninterrupted run, which are as many as nobody else has to be asked. */
export async function stepsOf(scenario: Scenario, role: Role): Promise<readonly Step[]> {
  const root = fresh(scenario);
  const log = logFile(root);
  const { code, stderr } = await howToRun(scenario)(root, torturedCommand(scenario), { role, log });
  if (code !== 0) throw new Error(`${scenario.name} does not run when its steps are counted: ${stderr}`);
  const steps = readSteps(log);
  removeProject(root);
  return steps;
}

/** Every deed at every step. */
export const everyOrder = (steps: readonly Step[], role: Role): readonly Order[] =>
  steps.flatMap((step) => deedsAt(step).map((deed) => ({ role, at: step.at, do: deed })));

/** `count` orders by chance, of as many classes of steps as there are; every other one a death. */
export function someOrders(steps: readonly Step[], role: Role, { count, seed }: { readonly count: number; readonly seed: number }): readonly Order[] {
  const random = randomStream(seed, `${role} ${steps.length}`);
  const shuffled = <T>(items: readonly T[]): T[] => items.map((item) => ({ item, by: random.next() })).sort((a, b) => a.by - b.by).map(({ item }) => item);
  const orders = shuffled(everyOrder(steps, role));
  const byStep = new Map(steps.map((step) => [step.at, classOf(step)]));
  const seen = new Set<string>();
  const rank = (order: Order): number => {
    const its = `${isDeath(order.do) ? 'death' : order.do} ${byStep.get(order.at)}`;
    const known = seen.has(its);
    seen.add(its);
    return known ? 1 : 0;
  };
  const ranked = orders.map((order) => ({ order, rank: rank(order) })).sort((a, b) => a.rank - b.rank).map(({ order }) => order);
  const [dying, failing] = [ranked.filter((order) => isDeath(order.do)), ranked.filter((order) => !isDeath(order.do))];
  return [...dying.slice(0, Math.ceil(count / 2)), ...failing.slice(0, Math.floor(count / 2))];
}

/** One tortured run, the same command again, and what is wrong then. */
export async function tryOrder(scenario: Scenario, order: Order, expected: Made): Promise<Trial> {
  const root = fresh(scenario);
  try {
    const tortured = await howToRun(scenario)(root, torturedCommand(scenario), order);
    const reached = whereReached(root);
    const dies = isDeath(order.do) && order.alone !== true;
    const ending = reached === undefined || !dies ? badEnding(tortured) : tortured.signal === 'SIGKILL' ? undefined : 'it was not killed';
    const problem = ending === undefined ? await problemAfter(scenario, root, expected, { logsMayLack: !dies }) : `${ending}:\n${tortured.stderr}`;
    return { scenario, order, reached, problem };
  } finally {
    removeProject(root);
  }
}

const heal = (scenario: Scenario, root: string): Promise<string | undefined> =>
  scenario.heal?.(root, howToRun(scenario)) ?? wellEnded(root, runArguments, howToRun(scenario));

/**
 * What is wrong with what the next commands make. `logsMayLack`: a stage's log that could not be written is not written by a next run that takes
 * the stage from the cache.
 */
export async function problemAfter(scenario: Scenario, root: string, expected: Made, { logsMayLack = false } = {}): Promise<string | undefined> {
  const unhealed = await heal(scenario, root);
  if (unhealed !== undefined) return unhealed;
  const made = madeIn(root);
  if (typeof made === 'string') return made;
  if (logsMayLack) made.records = [...new Set([...made.records, ...expected.records.filter((path) => path.startsWith('logs/'))])].sort();
  const parts = (Object.keys(expected) as (keyof Made)[]).filter((part) => !isDeepStrictEqual(made[part], expected[part]));
  if (parts.length > 0) return `the next run made other ${parts.map((part) => `${part}: ${differences(made[part], expected[part])}`).join('; ')}`;
  const left = leftBehind(root, scenario);
  return left.length === 0 ? undefined : `the next run left ${left.join(', ')}`;
}

function madeIn(root: string): Made | string {
  try {
    return whatWasMade(root);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function differences(now: object, before: object): string {
  const lines = (value: object) => new Set(Object.entries(value).map(([name, each]) => (Array.isArray(value) ? String(each) : `${name} ${String(each)}`)));
  const [made, expected] = [lines(now), lines(before)];
  return [...[...made].filter((line) => !expected.has(line)).map((line) => `+${line}`), ...[...expected].filter((line) => !made.has(line)).map((line) => `-${line}`)].join(', ');
}

export function describeTrial({ scenario, order, reached, problem }: Trial): string {
  const { role, at, do: deed, ...more } = order;
  return `${scenario.name}, ${role}: ${deed} at ${at} (${reached?.replace('\t', ' ') ?? 'not reached'})${Object.keys(more).length > 0 ? ` ${JSON.stringify(more)}` : ''}: ${problem ?? 'well'}`;
}

export interface Counts {
  trials: number;
  /** Whose place the process never came to: it took another way, and ended well. */
  notReached: number;
  failed: number;
}

/** Tries the orders one after the other; `say` hears of what is wrong. */
export async function tryAll(scenario: Scenario, orders: readonly Order[], expected: Made, say: (trial: Trial) => void): Promise<Counts> {
  const counts: Counts = { trials: 0, notReached: 0, failed: 0 };
  for (const order of orders) {
    const trial = await tryOrder(scenario, order, expected);
    counts.trials += 1;
    if (trial.reached === undefined) counts.notReached += 1;
    if (trial.problem !== undefined) counts.failed += 1;
    say(trial);
  }
  return counts;
}
