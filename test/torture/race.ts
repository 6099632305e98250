/** Many processes at once on one cache, each with a config and a run of its own whose stages are the same: each key is made once. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomStream } from '../../stages/random.ts';
import { damagedOrLeft } from './outcome.ts';
import { removeProject, runCommand, temporaryFolder } from './project.ts';

export interface RaceRequest {
  readonly processes: number;
  readonly seconds: number;
  readonly seed: number;
  say(line: string): void;
}

export interface RaceCounts {
  runs: number;
  /** Keys that were made, and executions that made them. */
  keys: number;
  executions: number;
  /** Runs in which a stage waited for another process, which it named. */
  waited: number;
  problems: number;
}

/** Writes a line for each execution, outside the project's keys; then what it makes takes a while, so that others come meanwhile. */
const program = `const { appendFileSync, writeFileSync } = require('node:fs');
const [name, round, ledger] = process.argv.slice(2);
appendFileSync(ledger, name + ' ' + round + '\\n');
setTimeout(() => writeFileSync('out.txt', name + ' ' + round + '\\n'), 30);
`;

function stages(round: string, ledger: string): string {
  const stage = (name: string, from: string) =>
    `  ${name}: { uses: command,${from} run: [${JSON.stringify(process.execPath)}, make.cjs, ${name}, '${round}', ${JSON.stringify(ledger)}], inputs: [make.cjs], outputs: [out.txt] }`;
  return [stage('left', ''), stage('right', ''), stage('both', ' from: [left, right],'), stage('last', ' from: both,')].join('\n');
}

/** Resolves when all processes have ended their last run. */
export async function race({ processes, seconds, seed, say }: RaceRequest): Promise<RaceCounts> {
  const root = join(temporaryFolder(), 'race');
  const ledger = join(root, 'ledger.txt');
  mkdirSync(root);
  writeFileSync(join(root, 'make.cjs'), program);
  const counts: RaceCounts = { runs: 0, keys: 0, executions: 0, waited: 0, problems: 0 };
  const end = performance.now() + seconds * 1000;
  const problem = (line: string) => {
    counts.problems += 1;
    say(line);
  };
  const one = async (index: number): Promise<void> => {
    const random = randomStream(seed, `process ${index}`);
    for (let round = 0; round === 0 || performance.now() < end; round += 1) {
      const config = `config-${index}.yaml`;
      writeFileSync(join(root, config), `name: race-${index}\nstages:\n${stages(String(round), ledger)}\n`);
      await sleep(random.next() * 50);
      const { code, signal, stderr } = await runCommand(root, ['run', config]);
      counts.runs += 1;
      if (/waiting for \w+ of another giverny \(process \d+\)/.test(stderr)) counts.waited += 1;
      if (code !== 0 || / at .*:\d+:\d+/.test(stderr)) problem(`process ${index}, round ${round} ended with ${signal ?? code}:\n${stderr}`);
    }
  };
  await Promise.all(Array.from({ length: processes }, (_, index) => one(index)));
  const lines = existsSync(ledger) ? readFileSync(ledger, 'utf8').trimEnd().split('\n') : [];
  counts.executions = lines.length;
  counts.keys = new Set(lines).size;
  for (const line of new Set(lines.filter((each, index) => lines.indexOf(each) !== index))) problem(`${line} was made more than once`);
  for (const line of damagedOrLeft(root)) problem(`left behind: ${line}`);
  removeProject(root);
  return counts;
}
