/** What a death at each file-system call leaves, without a process for each: copies of the project as it is before the call. */
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fresh, howToRun, problemAfter, torturedCommand, type Counts, type Scenario, type Trial } from './inject-each.ts';
import { buryAll } from './inside.ts';
import type { Step } from './injection.ts';
import type { Made } from './outcome.ts';
import { removeProject } from './project.ts';

/** Copies of the project that there are at once. */
const atOnce = 100;

/** At every change of an uninterrupted command (or every `every`th), and in the middle of every write: nothing comes after. */
export async function trySnapshots(scenario: Scenario, steps: readonly Step[], expected: Made, say: (trial: Trial) => void, every = 1): Promise<Pick<Counts, 'trials' | 'failed'>> {
  const places = new Map(steps.map((step) => [step.at, `${step.call}\t${step.place}`]));
  const changes = steps.filter(({ at }) => at.startsWith('c')).length;
  const counts = { trials: 0, failed: 0 };
  for (let from = 1; from <= changes; from += atOnce) {
    const root = fresh(scenario);
    const folder = `${root}.snapshots`;
    mkdirSync(folder);
    const parts = [root, ...cacheElsewhere(root)];
    await howToRun(scenario)(root, torturedCommand(scenario), { snapshots: folder, parts, from, count: atOnce, every });
    for (const name of readdirSync(folder).sort()) {
      putBack(join(folder, name), parts);
      buryAll(root);
      const problem = await problemAfter(scenario, root, expected);
      const [at, within] = name.split('-') as [string, string | undefined];
      say({ scenario, order: { role: scenario.roles[0]!, at, do: within === undefined ? 'kill-before' : 'kill-within' }, reached: places.get(at), problem });
      counts.trials += 1;
      if (problem !== undefined) counts.failed += 1;
    }
    removeProject(root);
  }
  return counts;
}

function cacheElsewhere(root: string): readonly string[] {
  const cache = join(root, '.giverny/cache');
  return existsSync(cache) && lstatSync(cache).isSymbolicLink() ? [readlinkSync(cache)] : [];
}

function putBack(snapshot: string, parts: readonly string[]): void {
  parts.forEach((part, index) => {
    rmSync(part, { recursive: true, force: true, maxRetries: 5 });
    const copy = join(snapshot, String(index));
    if (index === 0) renameSync(copy, part);
    else execFileSync('cp', ['-a', copy, part]);
    rmSync(copy, { recursive: true, force: true });
  });
}
