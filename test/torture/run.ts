/**
 * `npm run torture -- [--only inject,kills,race] [--kills 500] [--files 20000] [--seed 1] [--seconds N] [--processes 20]
 * [--race-seconds 300] [--sample N] [--within FOLDER]`: every injected death and error at every file-system call, random
 * kills of the process group, and a race on one cache. Prints its counts; exits 1 where something did not heal.
 */
import { parseArgs } from 'node:util';
import { describeTrial, everyOrder, someOrders, stepsOf, tryAll, uninterrupted, type Counts, type Scenario } from './inject-each.ts';
import { killAtRandom } from './kills.ts';
import { race } from './race.ts';
import { coldScenario, conditionsAt, damagedScenario, elsewhereScenario, restoreScenario, trainingScenario } from './scenarios.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: 'inject,kills,race' },
    kills: { type: 'string', default: '500' },
    files: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: 'Infinity' },
    processes: { type: 'string', default: '20' },
    'race-seconds': { type: 'string', default: '300' },
    sample: { type: 'string', default: 'Infinity' },
    scenario: { type: 'string', default: '' },
    within: { type: 'string' },
  },
});
const parts = new Set(values.only.split(','));
const seed = Number(values.seed);
const say = (line: string): void => console.log(line);
let failed = 0;

/** At every step, or at so many of each scenario as `--sample` says. */
async function injectInto(scenario: Scenario): Promise<void> {
  const expected = await uninterrupted(scenario);
  for (const role of scenario.roles) {
    const steps = await stepsOf(scenario, role);
    const all = everyOrder(steps, role);
    const sample = Number(values.sample);
    const orders = [...(sample < all.length ? someOrders(steps, role, { count: sample, seed }) : all), ...conditionsAt(steps, role, Math.min(20, sample))];
    say(`${scenario.name}, ${role}: ${steps.length} file-system calls, ${orders.length} of ${all.length} trials`);
    const counts: Counts = await tryAll(scenario, orders, expected, (trial) => trial.problem !== undefined && say(describeTrial(trial)));
    say(`${scenario.name}, ${role}: ${counts.trials} trials, ${counts.failed} failed, ${counts.notReached} took another way`);
    failed += counts.failed;
  }
}

if (parts.has('inject')) {
  const cold = await coldScenario(300);
  const training = trainingScenario();
  const makers: readonly (() => Scenario | undefined | Promise<Scenario>)[] = [
    () => cold, () => elsewhereScenario(cold), () => damagedScenario(cold), () => restoreScenario(training), () => training,
  ];
  for (const make of makers) {
    const scenario = await make();
    if (scenario?.name.includes(values.scenario) === true) await injectInto(scenario);
  }
}
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
process.exitCode = failed === 0 ? 0 : 1;
