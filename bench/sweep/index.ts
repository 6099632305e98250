/**
 * What a sweep costs beside its trials: `npm run bench:sweep`. Trials that do next to nothing (each writes its number into
 * a file), by us and by others in turn; then how long a sweep of 10,000 trials takes to plan, and in how much memory.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measure, type Measured } from './measure.ts';
import { measurePlanning } from './planning.ts';
import { peers, type Peer } from './peers.ts';

const usage = `npm run bench:sweep -- [flags]: what a sweep costs a trial, beside Hydra, Snakemake and DVC; and how long 10,000 trials take to plan

  --trials N     trials of each (default 200; DVC gets a tenth of them)
  --rounds N     turns of each (default 3)
  --jobs N       trials at once (default: the processors)
  --peers A,B    only these: ${peers.map(({ name }) => name).join(', ')}
  --planning N,N numbers of trials to plan (default 1000,10000)
  --json         one line of JSON at the end`;

const { values: flags } = parseArgs({
  options: {
    trials: { type: 'string', default: '200' }, rounds: { type: 'string', default: '3' }, jobs: { type: 'string', default: String(availableParallelism()) },
    peers: { type: 'string', default: peers.map(({ name }) => name).join(',') }, planning: { type: 'string', default: '1000,10000' }, json: { type: 'boolean' }, help: { type: 'boolean' },
  },
});
if (flags.help === true) {
  console.log(usage);
  process.exit(0);
}

interface Result {
  readonly peer: Peer;
  readonly trials: number;
  readonly rounds: readonly Measured[];
}

const median = (values: readonly number[]): number => [...values].sort((left, right) => left - right)[Math.floor((values.length - 1) / 2)]!;

function oneTurn(peer: Peer, trials: number, jobs: number): Measured {
  const folder = mkdtempSync(join(tmpdir(), 'giverny-bench-sweep-'));
  try {
    const measured = measure(peer.prepare(folder, trials, jobs));
    const written = new Set(peer.outputs(folder).map((file) => Number(readFileSync(file, 'utf8'))));
    if (written.size !== trials || !written.has(trials - 1)) throw new Error(`${peer.label}: ${written.size} of ${trials} trials wrote their number`);
    return measured;
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function inTurn(chosen: readonly Peer[], trials: number, jobs: number, rounds: number): readonly Result[] {
  const results = chosen.map((peer) => ({ peer, trials: Math.max(2, Math.round(trials * peer.share)), rounds: new Array<Measured>() }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { peer, trials: own, rounds: measured } of results) {
      const turn = oneTurn(peer, own, jobs);
      measured.push(turn);
      process.stderr.write(`${peer.label}: ${own} trials in ${turn.wall.toFixed(1)} s\n`);
    }
  }
  return results;
}

const wanted = flags.peers.split(',').filter((name) => name !== '');
const unknown = wanted.find((name) => !peers.some((peer) => peer.name === name));
if (unknown !== undefined) {
  console.error(`there is no peer ${unknown}\n\n${usage}`);
  process.exit(64);
}

const results = inTurn(peers.filter(({ name }) => wanted.includes(name)), Number(flags.trials), Number(flags.jobs), Number(flags.rounds));
const perTrial = ({ rounds, trials }: Result, of: 'wall' | 'cpu'): number => median(rounds.map((each) => each[of])) / trials * 1000;
const own = results.find(({ peer }) => peer.name === 'ours');
const trialTable = results.map((result) => ({
  what: result.peer.label, trials: result.trials, 'ms a trial': Math.round(perTrial(result, 'wall')), 'CPU ms a trial': Math.round(perTrial(result, 'cpu')),
  'ours to it': own === undefined ? NaN : Number((perTrial(own, 'wall') / perTrial(result, 'wall')).toFixed(2)), 'peak MiB': Math.round(median(result.rounds.map(({ memory }) => memory)) / 1024),
}));
if (trialTable.length > 0) console.table(trialTable);
const planTable = measurePlanning(flags.planning.split(',').filter((count) => count !== '').map(Number), Number(flags.rounds)).map(({ trials, rounds }) => ({
  trials, 'plan s': Number(median(rounds.map(({ wall }) => wall)).toFixed(2)), 'CPU s': Number(median(rounds.map(({ cpu }) => cpu)).toFixed(2)), 'peak MiB': Math.round(median(rounds.map(({ memory }) => memory)) / 1024),
}));
if (planTable.length > 0) console.table(planTable);
if (flags.json === true) console.log(JSON.stringify({ jobs: Number(flags.jobs), rounds: Number(flags.rounds), trials: trialTable, planning: planTable }));
