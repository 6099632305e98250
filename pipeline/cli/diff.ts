/** `giverny diff A B [C…]`: what differed between runs, and what each came to. */
import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import pLimit from 'p-limit';
import { openCache, type Cache } from '../cache/cache.ts';
import { fileFailure } from '../cache/file-failure.ts';
import { shortPath } from '../config/tree/source.ts';
import { compareRuns } from '../diff/compare.ts';
import type { Comparison } from '../diff/comparison.ts';
import type { FindListing } from '../diff/data-differences.ts';
import { gatherRun, type GatheredRun } from '../diff/gather.ts';
import { select, type Selected } from '../diff/select.ts';
import { terminalText } from '../diff/words/terminal.ts';
import { failed, type Failure } from '../failure.ts';
import { writeAtomic } from '../run-folder/write-atomic.ts';
import type { CommandIo } from './command.ts';
import { readDiffArguments, type DiffArguments } from './diff-arguments.ts';
import { printFailure } from './print-failure.ts';

/** Of so many runs the curves would fill memory, and no chart could show them. */
const runsWithCurves = 200;

export async function diffCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const given = readDiffArguments(args);
  if (!given.ok) return printFailure(given.failure, io);
  const misplaced = await misplacedPage(given.value.html, io.cwd);
  if (misplaced !== undefined) return printFailure(misplaced, io);
  const selected = await select(given.value.wanted, io.root, io.cwd);
  if (!selected.ok) return printFailure(selected.failure, io);
  const runs = await gatherAll(selected.value, io);
  const patch = given.value.code || given.value.json || given.value.html !== undefined;
  const { sweep } = selected.value;
  const comparison = await compareRuns(runs, { listing: await listingsOf(runs), cwd: io.cwd, patch, ...(sweep === undefined ? {} : { sweep }) });
  return show(comparison, given.value, io);
}

async function gatherAll({ runs }: Selected, { catalog }: CommandIo): Promise<readonly GatheredRun[]> {
  const limit = pLimit(8);
  return Promise.all(runs.map(({ listed, values }) => limit(async () => {
    const run = await gatherRun(listed, catalog, values);
    return runs.length <= runsWithCurves ? run : { ...run, results: { ...run.results, curves: [], pictures: [] } };
  })));
}

/** Runs may lie in several projects, each with a cache of its own. */
async function listingsOf(runs: readonly GatheredRun[]): Promise<FindListing> {
  const caches: Cache[] = [];
  for (const root of new Set(runs.map((run) => run.root))) {
    const cache = await openCache(root);
    if (cache.ok) caches.push(cache.value);
  }
  return async (digest) => {
    for (const cache of caches) {
      const listing = await cache.listing(digest);
      if (listing !== undefined) return listing;
    }
    return undefined;
  };
}

async function show(comparison: Comparison, { json, html, all, ascii }: DiffArguments, io: CommandIo): Promise<number> {
  if (json) {
    io.stdout(`${JSON.stringify(comparison)}\n`);
    return 0;
  }
  if (html !== undefined) return writePage(comparison, html, io);
  io.stdout(terminalText(comparison, io.cwd, { width: terminalWidth(), color: io.color, ascii: ascii || !drawsBlocks(), all }));
  return 0;
}

/** Of a page that could not be written where it is to lie: said before anything is read. */
async function misplacedPage(named: string | undefined, cwd: string): Promise<Failure | undefined> {
  if (named === undefined) return undefined;
  const file = resolve(cwd, named);
  const [folder, hint] = [dirname(file), 'make the folder first, or name a file in one that there is'];
  const kind = (path: string): Promise<'folder' | 'other' | undefined> => stat(path).then((found) => (found.isDirectory() ? 'folder' : 'other'), () => undefined);
  const [holder, present] = [named === '' ? 'folder' : await kind(folder), named === '' ? undefined : await kind(file)];
  if (holder !== 'folder') return failed('usage', `--html ${named}: ${holder === undefined ? 'there is no folder' : 'no folder, but a file is'} ${shortPath(folder, cwd)}`, { hint }).failure;
  return present === 'folder' ? failed('usage', `--html ${named}: is a folder`, { expected: 'the name of a file', hint: `--html ${join(named, 'diff.html')}` }).failure : undefined;
}

async function writePage(comparison: Comparison, named: string, io: CommandIo): Promise<number> {
  const file = resolve(io.cwd, named === '' ? pageName(comparison) : named);
  const page = await io.catalog.comparisonPage!(comparison);
  try {
    await writeAtomic(file, page);
  } catch (error) {
    const { failure } = fileFailure(error, file);
    return printFailure(failure.code === 'cache-unwritable' ? { ...failure, hint: 'mend that, or name another file with --html' } : failure, io);
  }
  io.stdout(`${shortPath(file, io.cwd)}\n`);
  return 0;
}

/** `diff-174cfeffc100-aa0caa509f3a.html`; of a sweep, or of many runs, the first names it. */
function pageName({ sweep, columns }: Comparison): string {
  const ids = columns.slice(0, 2).map(({ runs }) => runs[0]!.run.slice(-12));
  return sweep === undefined ? `diff-${ids.join('-')}.html` : `diff-${sweep.sweep}.html`;
}

const [narrowest, widest, usual] = [40, 140, 80];

/** Of what is not a terminal, that of one. */
const terminalWidth = (): number => Math.min(widest, Math.max(narrowest, process.stdout.columns ?? usual));

/** Unless its locale or kind says that it does not. */
function drawsBlocks(): boolean {
  const { LC_ALL, LC_CTYPE, LANG, TERM } = process.env;
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '');
  return TERM !== 'dumb' && (locale === undefined || /utf-?8/i.test(locale));
}
