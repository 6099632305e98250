/** Injects deaths and errors into runs of one project, one a run, and holds what the next run makes against an uninterrupted one. */
import { isDeepStrictEqual } from 'node:util';
import { randomStream } from '../../stages/random.ts';
import { classOf, deaths, deedsAt, logFile, readSteps, whereReached, type Order, type Role, type Step } from './injection.ts';
import { badEnding, leftBehind, whatWasMade, type Made } from './outcome.ts';
import { copyProject, removeProject, runArguments, runCommand } from './project.ts';

export interface Scenario {
  readonly name: string;
  /** A folder with the project as the tortured run finds it; copied for each. */
  readonly prepared: string;
  /** Changes each copy before its run: damages an object, say. */
  change?(root: string): void;
  readonly roles: readonly Role[];
  /** A folder on another file system, where the cache is to lie. */
  readonly elsewhere?: string;
  readonly mayQuarantine?: boolean;
}

export interface Trial {
  readonly scenario: Scenario;
  readonly order: Order;
  /** Where it happened; undefined where the process did not come so far. */
  readonly reached: string | undefined;
  /** What is wrong; undefined: nothing. */
  readonly problem: string | undefined;
}

const fresh = (scenario: Scenario): string => {
  const root = copyProject(scenario.prepared, scenario.elsewhere);
  scenario.change?.(root);
  return root;
};

/** What an uninterrupted run makes. */
export async function uninterrupted(scenario: Scenario): Promise<Made> {
  const root = fresh(scenario);
  const { code, stderr } = await runCommand(root, runArguments);
  if (code !== 0) throw new Error(`${scenario.name} does not run: ${stderr}`);
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
  const { code, stderr } = await runCommand(root, runArguments, { role, log });
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
  const isDeath = ({ do: deed }: Order) => (deaths as readonly string[]).includes(deed);
  const orders = shuffled(everyOrder(steps, role));
  const byStep = new Map(steps.map((step) => [step.at, classOf(step)]));
  const seen = new Set<string>();
  const rank = (order: Order): number => {
    const its = `${isDeath(order) ? 'death' : order.do} ${byStep.get(order.at)}`;
    const known = seen.has(its);
    seen.add(its);
    return known ? 1 : 0;
  };
  const ranked = orders.map((order) => ({ order, rank: rank(order) })).sort((a, b) => a.rank - b.rank).map(({ order }) => order);
  const [dying, failing] = [ranked.filter(isDeath), ranked.filter((order) => !isDeath(order))];
  return [...dying.slice(0, Math.ceil(count / 2)), ...failing.slice(0, Math.floor(count / 2))];
}

/** One tortured run, the same command again, and what is wrong then. */
export async function tryOrder(scenario: Scenario, order: Order, expected: Made): Promise<Trial> {
  const root = fresh(scenario);
  try {
    const tortured = await runCommand(root, runArguments, order);
    const reached = whereReached(root);
    const isDeath = order.do.startsWith('kill') && order.alone !== true;
    const ending = reached === undefined || !isDeath ? badEnding(tortured) : tortured.signal === 'SIGKILL' ? undefined : 'it was not killed';
    // An object that could not be read is set aside, and made again.
    const mayQuarantine = scenario.mayQuarantine === true || !isDeath;
    const problem = ending === undefined ? await problemAfter(root, mayQuarantine, expected) : `${ending}:\n${tortured.stderr}`;
    return { scenario, order, reached, problem };
  } finally {
    removeProject(root);
  }
}

async function problemAfter(root: string, mayQuarantine: boolean, expected: Made): Promise<string | undefined> {
  const { code, signal, stderr } = await runCommand(root, runArguments);
  if (code !== 0) return `the next run ended with ${signal ?? code}:\n${stderr}`;
  const made = whatWasMade(root);
  const parts = (Object.keys(expected) as (keyof Made)[]).filter((part) => !isDeepStrictEqual(made[part], expected[part]));
  if (parts.length > 0) return `the next run made other ${parts.map((part) => `${part}: ${differences(made[part], expected[part])}`).join('; ')}`;
  const left = leftBehind(root, { mayQuarantine });
  return left.length === 0 ? undefined : `the next run left ${left.join(', ')}`;
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
