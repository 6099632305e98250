/** kill -9 of the whole process group at random moments, with a stage of many files; after each the next run must be as if nothing had been. */
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { randomStream } from '../../stages/random.ts';
import { leftBehind, whatWasMade } from './outcome.ts';
import { copyProject, fileStages, removeProject, runArguments, runCommand, startCommand, temporaryFolder, writeProject } from './project.ts';

export interface KillRequest {
  readonly kills: number;
  readonly files: number;
  readonly seed: number;
  /** Seconds after which no further kill is begun. */
  readonly seconds?: number;
  /** Where the projects lie. */
  readonly within?: string;
  say(line: string): void;
}

export interface KillCounts {
  /** Processes that were killed while they worked. */
  kills: number;
  /** Processes that had ended by themselves before they were to be killed. */
  tooLate: number;
  /** Runs to the end that followed one to four kills, each held against the uninterrupted run; and those that were not as it. */
  healed: number;
  failed: number;
  /** Kills, by the state that the runs began from. */
  readonly from: Record<string, number>;
}

/** What is taken away before a run, so that it has something to do. */
const beginnings: Readonly<Record<string, (root: string, pick: (count: number) => number) => void>> = {
  nothing: (root) => ['.giverny', 'runs'].forEach((name) => remove(join(root, name))),
  'objects without keys': (root) => remove(join(root, '.giverny/cache/keys')),
  'a key missing': (root, pick) => {
    const keys = join(root, '.giverny/cache/keys');
    const names = readdirSync(keys).sort();
    remove(join(keys, names[pick(names.length)]!));
  },
  'no run folder': (root) => remove(join(root, 'runs')),
  'some objects missing': (root, pick) => {
    const objects = join(root, '.giverny/cache/objects');
    const names = readdirSync(objects).sort();
    for (let count = 0; count < 8; count += 1) remove(join(objects, names[pick(names.length)]!));
  },
};

const remove = (path: string): void => rmSync(path, { recursive: true, force: true, maxRetries: 5 });

const inARow = 4;

export async function killAtRandom({ kills, files, seed, seconds = Infinity, within, say }: KillRequest): Promise<KillCounts> {
  const random = randomStream(seed, 'torture');
  const pick = (count: number) => random.integer(count);
  const prepared = join(temporaryFolder(within), 'kills');
  writeProject(prepared, fileStages(files));
  const root = copyProject(prepared, undefined, within);
  const began = performance.now();
  const first = await runCommand(root, runArguments);
  if (first.code !== 0) throw new Error(`the project does not run: ${first.stderr}`);
  const expected = whatWasMade(root);
  const counts: KillCounts = { kills: 0, tooLate: 0, healed: 0, failed: 0, from: {} };
  // How long a run takes from each state, by the last that ran to its end; one that was held up must not say that it takes minutes.
  const usual: Record<string, number> = { nothing: performance.now() - began };
  while (counts.kills < kills && performance.now() - began < seconds * 1000) {
    const names = Object.keys(beginnings);
    const from = names[pick(names.length)]!;
    beginnings[from]!(root, pick);
    const pauses: number[] = [];
    let isKilled = true;
    // Several deaths in a row: a run that heals may be killed as well.
    for (let left = 1 + pick(inARow); left > 0 && isKilled; left -= 1) {
      const pause = random.next() * (usual[from] ?? usual['nothing']!);
      const { inTime, took } = await killAfter(root, pause);
      isKilled = inTime;
      counts[inTime ? 'kills' : 'tooLate'] += 1;
      if (inTime) pauses.push(pause);
      else usual[from] = Math.min(took, 2 * (usual[from] ?? usual['nothing']!));
    }
    const healing = performance.now();
    const { code, signal, stderr } = await runCommand(root, runArguments);
    counts.healed += 1;
    counts.from[from] = (counts.from[from] ?? 0) + pauses.length;
    const problem = code !== 0 ? `the next run ended with ${signal ?? code}:\n${stderr}` : problemOf(root, expected, from);
    if (problem === undefined) {
      if (counts.healed % 10 === 0) say(`${counts.kills} kills, ${counts.healed} runs to the end after them, in ${Math.round((performance.now() - began) / 1000)} s; ${counts.failed} did not heal`);
      continue;
    }
    counts.failed += 1;
    say(`killed ${pauses.map((pause) => Math.round(pause)).join(', ')} ms after the start, from ${from} (healed in ${Math.round(performance.now() - healing)} ms): ${problem}`);
    beginnings['nothing']!(root, pick);
  }
  removeProject(root);
  remove(join(prepared, '..'));
  return counts;
}

async function killAfter(root: string, milliseconds: number): Promise<{ readonly inTime: boolean; readonly took: number }> {
  const began = performance.now();
  const { process: child, finished } = await startCommand(root, runArguments);
  const exited = once(child, 'exit');
  await Promise.race([sleep(milliseconds), exited]);
  if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGKILL');
  const { signal } = await finished;
  return { inTime: signal === 'SIGKILL', took: performance.now() - began };
}

function problemOf(root: string, expected: ReturnType<typeof whatWasMade>, from: string): string | undefined {
  const made = whatWasMade(root);
  const parts = (Object.keys(expected) as (keyof typeof expected)[]).filter((part) => !isDeepStrictEqual(made[part], expected[part]));
  if (parts.length > 0) return `the next run made other ${parts.join(', ')}`;
  const left = leftBehind(root, { mayQuarantine: from === 'some objects missing' });
  return left.length === 0 ? undefined : `the next run left ${left.slice(0, 5).join(', ')}`;
}
