/** One task: every peer is started and checked, then they work in turn, round by round. */
import { freemem, totalmem } from 'node:os';
import { commandFor, type Place } from './commands.ts';
import { largestDifference, tolerance, type Values } from './equal-losses.ts';
import type { Peer } from './peers.ts';
import type { Measurement, Refusal, Results } from './results.ts';
import type { Task } from './task.ts';
import { Worker, type Turn } from './worker.ts';

export interface Measuring {
  readonly peers: readonly Peer[];
  /** We in float32: what it computes is what all must. */
  readonly reference: Peer;
  readonly steps: number;
  readonly rounds: number;
  readonly run: string;
  readonly say: (line: string) => void;
}

/** Not measured: they let caches fill, threads start and compilers finish. */
const warmUpSteps = 2;

interface Entrant {
  readonly peer: Peer;
  worker: Worker | undefined;
  readonly first: number;
  readonly difference: number;
  peak: number;
  readonly turns: Turn[];
}

export async function measureTask(task: Task, place: Place, measuring: Measuring): Promise<Results> {
  const { peers, reference, rounds, steps, say } = measuring;
  const refusals: Refusal[] = [];
  const entrants: Entrant[] = [];
  const expected = await firstValues(reference, task, place);
  try {
    for (const peer of peers) {
      const entrant = await enter(peer, task, place, expected);
      if ('reason' in entrant) refusals.push(entrant);
      else entrants.push(entrant);
      say('reason' in entrant ? `  ${describe(peer)}: ${entrant.reason}` : `  ${describe(peer)}: first step after ${entrant.first.toFixed(1)} s, difference ${entrant.difference.toExponential(1)}`);
      if (!('reason' in entrant)) await stopIfLarge(entrant, peers.length);
    }
    for (let round = 1; round <= rounds; round += 1) {
      for (const entrant of entrants) {
        await takeTurn(entrant, task, place, steps);
        await stopIfLarge(entrant, peers.length);
      }
      say(`  round ${round} of ${rounds}`);
    }
  } finally {
    for (const { worker } of entrants) await worker?.stop();
  }
  return { measurements: entrants.map((entrant) => measurement(task, entrant, measuring)), refusals };
}

const describe = ({ label, precision }: Peer): string => `${label}, ${precision}`;

async function firstValues(peer: Peer, task: Task, place: Place): Promise<Values> {
  const worker = new Worker(commandFor(peer, task, place));
  try {
    return (await worker.run(1)).values;
  } finally {
    await worker.stop();
  }
}

async function enter(peer: Peer, task: Task, place: Place, expected: Values): Promise<Entrant | Refusal> {
  const worker = new Worker(commandFor(peer, task, place));
  const refuse = async (reason: string): Promise<Refusal> => {
    await worker.stop();
    return { task, peer: peer.name, label: peer.label, precision: peer.precision, reason };
  };
  try {
    const { values, peak } = await worker.run(1);
    const first = worker.age;
    const { share, least } = tolerance[peer.precision];
    const difference = largestDifference(values, expected, least);
    if (difference > share) {
      return await refuse(`its first step differs from ours by ${difference.toExponential(1)}: ${JSON.stringify(values)} instead of ${JSON.stringify(expected)}`);
    }
    await worker.run(warmUpSteps);
    return { peer, worker, first, difference, peak, turns: [] };
  } catch (error) {
    return refuse(lastLines(error));
  }
}

const lastLines = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n').slice(-3).join(' | ');

/** A process that was stopped for its memory starts anew, and warms up again. */
async function takeTurn(entrant: Entrant, task: Task, place: Place, steps: number): Promise<void> {
  if (!entrant.worker) {
    entrant.worker = new Worker(commandFor(entrant.peer, task, place));
    await entrant.worker.run(1 + warmUpSteps);
  }
  const turn = await entrant.worker.run(steps);
  entrant.turns.push(turn);
  entrant.peak = Math.max(entrant.peak, turn.peak);
}

/** All processes wait for their turns side by side if there is room for all, and for the one that works, twice over. */
async function stopIfLarge(entrant: Entrant, count: number): Promise<void> {
  const mebibyte = 2 ** 20;
  if (entrant.peak * mebibyte * (count + 1) < 0.8 * totalmem() && 2 * entrant.peak * mebibyte < freemem()) return;
  await entrant.worker?.stop();
  entrant.worker = undefined;
}

function measurement(task: Task, { peer, turns, first, peak, difference }: Entrant, { run }: Measuring): Measurement {
  const { name, label, precision, framework } = peer;
  return {
    task, peer: name, label, precision, ours: framework === 'ours', run,
    rounds: turns.map(({ wall }) => wall), cpu: turns.map(({ cpu }) => cpu), first, peak, difference,
  };
}
