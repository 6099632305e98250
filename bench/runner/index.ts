/**
 * What the runner costs, beside turbo, nx, wireit and DVC on the same pipelines: `npm run bench:runner -- [--what …] [--peers …]`.
 * All of one task are measured in turn, round by round; figures are medians.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { allRunners, removed, type Making, type Runner } from './runners.ts';
import { tenSteps } from './study.ts';

const usage = `npm run bench:runner -- [options]: no-op, store, restore and one changed file, beside turbo, nx, wireit and DVC

  --what     of: noop-1000 noop-20000 change make-20000 make-2gb (all of them unless given, with commas)
  --peers    of: giverny turbo nx wireit dvc (all)
  --rounds   turns of each, 5 unless given (of what stores and restores, 2)
  --folder   where to work: the system's temporary folder unless given; 10 GB for make-2gb
  GIVERNY_BENCH_PROGRAM names the bin/giverny.cjs of an installed package, in the place of this checkout packed`;

const all = { what: ['noop-1000', 'noop-20000', 'change', 'make-20000', 'make-2gb'], peers: ['giverny', 'turbo', 'nx', 'wireit', 'dvc'] } as const;
const { values } = parseArgs({ options: { what: { type: 'string' }, peers: { type: 'string' }, rounds: { type: 'string' }, folder: { type: 'string' }, help: { type: 'boolean' } } });
const listOf = (given: string | undefined, known: readonly string[]): readonly string[] => {
  const names = given?.split(',') ?? known;
  if (names.every((name) => known.includes(name))) return names;
  console.error(usage);
  process.exit(64);
};
if (values.help === true) {
  console.error(usage);
  process.exit(0);
}
const what = listOf(values.what, all.what);
const names = listOf(values.peers, all.peers);
const home = mkdtempSync(join(values.folder ?? tmpdir(), 'giverny-bench-runner-'));

interface Figure {
  readonly seconds: number;
  /** Of the process and its children; a daemon's is not in it. */
  readonly cpu: number;
  /** MiB, of the largest process. */
  readonly peak: number;
}

const measurer = fileURLToPath(new URL('measure.py', import.meta.url));

function measure(command: readonly string[], cwd: string, environment: Readonly<Record<string, string>> = {}): Figure {
  const errors = join(home, 'errors.txt');
  const { stdout, status } = spawnSync('python3', [measurer, errors, ...command], { cwd, encoding: 'utf8', env: { ...process.env, ...environment } });
  const { code, ...figure } = JSON.parse(stdout) as Figure & { readonly code: number };
  if (status !== 0 || code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${readFileSync(errors, 'utf8')}`);
  return figure;
}

const run = (runner: Runner, folder: string): Figure => measure(runner.command, folder, runner.environment);
const bare = 'node -e 0';

/** More than 2 s after the sources were written: younger files are trusted by nobody who goes by their times. */
const settle = (): void => void spawnSync('sleep', ['2.5']);

type Figures = Map<string, Figure[]>;
const note = (figures: Figures, name: string, figure: Figure): void => void figures.set(name, [...(figures.get(name) ?? []), figure]);

/** Ten stages: nothing to do, and where `changes`, one file of all changed before each turn. */
function ten(runners: readonly Runner[], count: number, rounds: number, changes: boolean): Figures {
  const figures: Figures = new Map();
  const steps = tenSteps();
  const folders = runners.map((runner) => {
    const folder = join(home, `${runner.name}-ten`);
    mkdirSync(folder);
    runner.writeTen(folder, steps, count);
    return { runner, folder };
  });
  settle();
  for (const { runner, folder } of folders) for (let warm = 0; warm < 3; warm += 1) run(runner, folder);
  settle();
  for (const { runner, folder } of folders) run(runner, folder);
  for (let round = 0; round < rounds; round += 1) {
    if (!changes) note(figures, bare, measure([process.execPath, '-e', '0'], home));
    for (const { runner, folder } of folders) {
      if (changes) writeFileSync(join(runner.sourceOf(folder, 's0'), '0.txt'), `changed in round ${round}\n`);
      if (changes) settle();
      note(figures, runner.name, run(runner, folder));
    }
  }
  for (const { runner, folder } of folders) {
    runner.stop?.(folder);
    removed(folder);
  }
  return figures;
}

/** One stage that makes files: run with an empty cache, and restored after what it made was removed. */
function make(runners: readonly Runner[], making: Making, rounds: number): { readonly store: Figures; readonly restore: Figures } {
  const [store, restore]: [Figures, Figures] = [new Map(), new Map()];
  for (let round = 0; round < rounds; round += 1) {
    for (const runner of runners) {
      const folder = join(home, `${runner.name}-make`);
      mkdirSync(folder);
      runner.writeMaker(folder, making);
      note(store, runner.name, run(runner, folder));
      removed(join(folder, runner.made));
      settle();
      note(restore, runner.name, run(runner, folder));
      runner.stop?.(folder);
      removed(folder);
    }
  }
  return { store, restore };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** `ratio`: of the wall time, to Giverny's: above 1 the peer takes longer. */
function print(title: string, figures: Figures): void {
  const of = (name: string, part: keyof Figure): number => median(figures.get(name)!.map((figure) => figure[part]));
  const ours = figures.has('giverny') ? of('giverny', 'seconds') : undefined;
  console.log(`\n${title}`);
  console.table(Object.fromEntries([...figures.keys()].map((name) => [name, {
    'ms': Math.round(of(name, 'seconds') * 1000), 'CPU ms': Math.round(of(name, 'cpu') * 1000), 'peak MiB': Math.round(of(name, 'peak')),
    ...(ours === undefined ? {} : { ratio: Number((of(name, 'seconds') / ours).toFixed(2)) }),
  }])));
}

try {
  const runners = allRunners(home, names, (line) => process.stderr.write(`${line}\n`));
  const rounds = Number(values.rounds ?? 5);
  if (what.includes('noop-1000')) print('nothing to do, 10 stages, 1,000 files', ten(runners, 1000, rounds, false));
  if (what.includes('noop-20000')) print('nothing to do, 10 stages, 20,000 files', ten(runners, 20_000, rounds, false));
  if (what.includes('change')) print('1 of 20,000 files changed, 10 stages', ten(runners, 20_000, Math.min(rounds, 3), true));
  for (const [name, making] of [['make-20000', { files: 20_000, bytes: 0 }], ['make-2gb', { files: 1, bytes: 2e9 }]] as const) {
    if (!what.includes(name)) continue;
    const { store, restore } = make(runners, making, name === 'make-2gb' ? 1 : Math.min(rounds, 2));
    const of = name === 'make-2gb' ? 'one file of 2 GB' : '20,000 files';
    print(`${of}: made and stored`, store);
    print(`${of}: restored`, restore);
  }
} finally {
  removed(home);
}
