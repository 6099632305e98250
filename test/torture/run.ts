/**
 * `npm run torture -- [--only deaths,errors,inject,kills,race] [--scenario NAME] [--kills 500] [--files 20000] [--seed 1] [--seconds N]
 * [--processes 20] [--race-seconds 300] [--sample 40] [--from N] [--within FOLDER]`. deaths, errors: one at every
 * file-system call of every scenario, in this process (inside.ts, snapshots.ts). inject: a sample of the same with real processes that are
 * really killed. kills: kill -9 of the process group at random moments. race: processes racing on one cache.
 * Prints its counts; exits 1 where something did not heal.
 */
import { parseArgs } from 'node:util';
import { describeTrial, everyOrder, someOrders, stepsOf, tryAll, uninterrupted, type Scenario, type Trial } from './inject-each.ts';
import { isDeath, type Order, type Step } from './injection.ts';
import { killAtRandom } from './kills.ts';
import { race } from './race.ts';
import { allScenarios, conditionsAt } from './scenarios.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'deaths,errors,inject,kills,race' },
    kills: { type: 'string', default: '500' },
    files: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: 'Infinity' },
    processes: { type: 'string', default: '20' },
    'race-seconds': { type: 'string', default: '300' },
    sample: { type: 'string', default: '40' },
    scenario: { type: 'string', default: '' },
    from: { type: 'string', default: '0' },
    within: { type: 'string' },
  },
});
const parts = new Set(values.only.split(','));
const seed = Number(values.seed);
const say = (line: string): void => console.log(`${new Date().toISOString().slice(11, 19)} ${line}`);
const sayProblem = (trial: Trial): void => { if (trial.problem !== undefined) say(describeTrial(trial)); };
let failed = 0;

/** Where something else than a run is tortured the cache is not deleted: its outputs would have to be made again. */
const conditionsOf = (scenario: Scenario, steps: readonly Step[]): readonly Order[] =>
  conditionsAt(steps, 'runner', 60).filter(({ do: deed }) => scenario.command === undefined || deed !== 'delete-cache');

/** Deaths as copies of what they leave (snapshots.ts), errors one by one from the `--from`th on, and the other conditions. */
async function everyCallOf(scenario: Scenario): Promise<void> {
  const [{ trySnapshots }, { runInside }] = await Promise.all([import('./snapshots.ts'), import('./inside.ts')]);
  const inside = { ...scenario, run: runInside };
  const expected = await uninterrupted(inside);
  const steps = await stepsOf(inside, 'runner');
  if (parts.has('deaths')) {
    const deaths = await trySnapshots(inside, steps, expected, sayProblem);
    say(`${scenario.name}: ${steps.length} file-system calls; killed at all of them that change something, and within writes: ${deaths.trials} deaths, ${deaths.failed} did not heal`);
    failed += deaths.failed;
  }
  if (!parts.has('errors')) return;
  const orders = [...everyOrder(steps, 'runner').filter(({ do: deed }) => !isDeath(deed)), ...conditionsOf(scenario, steps)].slice(Number(values.from));
  const errors = await tryAll(inside, orders, expected, sayProblem);
  say(`${scenario.name}: ${errors.trials} errors and conditions, each at one call, ${errors.failed} failed, ${errors.notReached} took another way`);
  failed += errors.failed;
}

/** At so many calls of each scenario as `--sample` says. */
async function injectInto(scenario: Scenario): Promise<void> {
  const expected = await uninterrupted(scenario);
  for (const role of scenario.roles) {
    const steps = await stepsOf(scenario, role);
    const all = everyOrder(steps, role);
    const sample = Number(values.sample);
    const orders = [...(sample < all.length ? someOrders(steps, role, { count: sample, seed }) : all), ...conditionsAt(steps, role, Math.min(20, sample))];
    const counts = await tryAll(scenario, orders, expected, sayProblem);
    say(`${scenario.name}, ${role}, processes: ${counts.trials} of ${all.length} trials, ${counts.failed} failed, ${counts.notReached} took another way`);
    failed += counts.failed;
  }
}

if (parts.has('deaths') || parts.has('errors')) for await (const scenario of allScenarios(values.scenario)) await everyCallOf(scenario);
if (parts.has('inject')) for await (const scenario of allScenarios(values.scenario)) await injectInto(scenario);
if (parts.has('kills')) {
  const { kills, tooLate, healed, failed: unhealed, from } = await killAtRandom({
    kills: Number(values.kills), files: Number(values.files), seed, seconds: Number(values.seconds), say, ...(values.within === undefined ? {} : { within: values.within }),
  });
  say(`${kills} kills with ${values.files} files; of ${healed} runs after one to four of them ${unhealed} were not as an uninterrupted one (${tooLate} kills came after the end); begun from ${JSON.stringify(from)}`);
  failed += unhealed;
}
if (parts.has('race')) {
  const counts = await race({ processes: Number(values.processes), seconds: Number(values['race-seconds']), seed, say });
  say(`${values.processes} processes for ${values['race-seconds']} s: ${counts.runs} runs, ${counts.keys} keys, ${counts.executions} executions, ${counts.waited} runs waited for another, ${counts.problems} problems`);
  failed += counts.problems;
}
// Engines keep timers and threads.
process.exit(failed === 0 ? 0 : 1);
