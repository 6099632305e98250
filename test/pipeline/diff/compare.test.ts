// The comparison of runs that are known: what is grouped, what is paired, what may be said of it, and how wide it is written.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareRuns } from '../../../pipeline/diff/compare.ts';
import type { Comparison, MetricCell, Versus } from '../../../pipeline/diff/comparison.ts';
import { letterOf } from '../../../pipeline/diff/groups.ts';
import { sparkline } from '../../../pipeline/diff/words/sparkline.ts';
import { terminalText } from '../../../pipeline/diff/words/terminal.ts';
import { comparisonPage } from '../../../stages/comparison/page/page.ts';
import type { GatheredRun } from '../../../pipeline/diff/gather.ts';
import type { Json } from '../../../pipeline/stage.ts';
import { gathered, type MadeUp } from './gathered.ts';

const options = { listing: async () => undefined, cwd: '/', patch: false };
const compared = (runs: readonly MadeUp[], axes?: readonly string[]): Promise<Comparison> =>
  compareRuns(runs.map(gathered), { ...options, ...(axes === undefined ? {} : { sweep: { sweep: 'study-1', folder: '/', axes, states: { done: runs.length } } }) });
const text = (comparison: Comparison, width = 80, ascii = false): string => terminalText(comparison, '/', { width, color: false, ascii, all: true });
const versus = (comparison: Comparison, metric: string, column = 1): MetricCell['versus'] => comparison.metrics.find(({ name }) => name === metric)!.cells[column]!.versus;
const seeds = (count: number, weight: number, psnr: (seed: number) => number): readonly MadeUp[] => Array.from({ length: count }, (_, index) => ({ seed: index + 1, weight, metrics: { psnr: psnr(index + 1), swd: 50 - psnr(index + 1) } }));

test('runs that are equal but for the seed stand in one column, and are paired by seed with those of another', async () => {
  const comparison = await compared([...seeds(6, 10, (seed) => 15 + seed), ...seeds(6, 5, (seed) => 15.5 + seed * 1.01)]);
  assert.equal(comparison.columns.map(({ letter, runs }) => [letter, runs.map(({ seed }) => seed)]), [['A', [1, 2, 3, 4, 5, 6]], ['B', [1, 2, 3, 4, 5, 6]]]);
  const found = versus(comparison, 'psnr');
  assert.ok(typeof found === 'object');
  assert.ok(Math.abs(found.difference - 0.535) < 1e-12);
  assert.equal([found.pairs, found.higher, found.p, found.evidence, found.isBetter], [6, 6, 2 / 64, 'clear', true]);
  assert.is((versus(comparison, 'swd') as { isBetter?: boolean }).isBetter, true, 'less is better');
  assert.equal(comparison.config, [{ path: 'stages.train.weight', values: [{ value: 10, place: 'study.yaml:10:1' }, { value: 5, place: 'study.yaml:5:1' }] }]);
  assert.equal(comparison.curves[0]!.cells[0]!.points.slice(0, 2), [{ iteration: 10, value: 13.5 }, { iteration: 20, value: 8.5 }], 'the mean over the seeds');
  assert.equal(comparison.pictures.map(({ epoch, files }) => [epoch, files]), [[2, ['/nowhere/runs/study-10-1/samples/a.png', '/nowhere/runs/study-5-1/samples/a.png']]]);
  assert.match(text(comparison), /psnr ↑ +18\.50±1\.87 +19\.0[34]±1\.89 +\+0\.5[34] +better, p 0\.031/);
});

test('it says when there is too little to tell, and never more than the seeds allow', async () => {
  const three = await compared([...seeds(3, 10, (seed) => 15 + seed), ...seeds(3, 5, (seed) => 25 + seed)]);
  assert.is((versus(three, 'psnr') as { evidence: string }).evidence, 'too-few');
  assert.match(text(three), /better in 3 of 3[^]*Too little to tell: with 3 seeds in common/);
  const one = await compared([...seeds(1, 10, () => 15), ...seeds(1, 5, () => 16)]);
  assert.is((versus(one, 'psnr') as { evidence: string }).evidence, 'untested');
  assert.match(text(one), /One run against one/);
  const apart = await compared([...seeds(3, 10, (seed) => seed), ...seeds(3, 5, (seed) => seed).map((run) => ({ ...run, seed: run.seed + 10 }))]);
  assert.is(versus(apart, 'psnr'), 'no common seed');
  const unclear = await compared([...seeds(8, 10, () => 15), ...seeds(8, 5, (seed) => 15 + (seed % 2 === 0 ? 1 : -1))]);
  assert.is((versus(unclear, 'psnr') as { evidence: string }).evidence, 'unclear');
});

test('of unequal seeds the difference is that of the columns, and that over the common seeds stands apart', async () => {
  // The trial's numbers: by the columns B is the worse, over seed 1 the better.
  const [psnr, kept] = [{ psnr: 14.55 }, { psnr: 14.5 }];
  for (const isReversed of [false, true]) {
    const two: readonly MadeUp[] = [{ seed: 1, weight: 10, metrics: kept }, { seed: 2, weight: 10, metrics: { psnr: 15.4 } }];
    const one: MadeUp = { seed: 1, weight: 5, metrics: psnr };
    const comparison = await compared(isReversed ? [one, ...two] : [...two, one]);
    const { difference, isBetter, common } = versus(comparison, 'psnr') as Versus;
    const [a, b] = comparison.metrics[0]!.cells;
    assert.equal([difference, isBetter], [b!.mean - a!.mean, isReversed]);
    assert.equal([common!.seeds, Math.round(common!.difference * 100), common!.isBetter], [[1], isReversed ? -5 : 5, !isReversed]);
    if (!isReversed) assert.match(text(comparison), /psnr ↑ +14\.95±0\.64 +14\.55 +−0\.40 +worse\n +over seed 1 only +14\.50 +14\.55 +\+0\.05 +better\n[^]*One seed in common: whether/);
    const page = await comparisonPage(comparison);
    if (!isReversed) assert.match(page, />−0\.4 worse<\/span><span[^>]*>over seed 1 only: \+0\.05 better<\/span>/);
  }
  const many = await compared([...seeds(8, 10, (seed) => (seed > 6 ? 100 : 15)), ...seeds(6, 5, (seed) => 15 + seed / 10)]);
  assert.match(text(many), /psnr ↑[^\n]* worse\n +over seeds 1 to 6 only +15\.?\d* +15\.?\d* +\+0\.\d* +better, p 0\.031\n/, 'the p is of the common seeds');
});

test('several runs of one seed are one pair', async () => {
  const comparison = await compared([...[1, 3].map((psnr): MadeUp => ({ seed: 1, weight: 1, metrics: { psnr } })), { seed: 2, weight: 1, metrics: { psnr: 4 } },
    { seed: 1, weight: 2, metrics: { psnr: 2 } }, ...[5, 7].map((psnr): MadeUp => ({ seed: 2, weight: 2, metrics: { psnr } }))]);
  const { pairs, common } = versus(comparison, 'psnr') as Versus;
  assert.equal([pairs, common], [2, { seeds: [1, 2], reference: 3, mean: 4, difference: 1, isBetter: true }]);
});

test('runs of which only the seed differs are columns themselves, and the seed is what differed', async () => {
  const comparison = await compared(seeds(3, 10, (seed) => seed));
  assert.equal([comparison.seedsAlone, comparison.columns.length], [true, 3]);
  assert.equal(comparison.config.map(({ path }) => path), ['seed']);
});

test('values that were taken on different things have no difference', async () => {
  const comparison = await compared([{ seed: 1, weight: 1, metrics: { swd: 3 }, basis: '64×64' }, { seed: 1, weight: 2, metrics: { swd: 9, psnr: Infinity }, basis: '128×128' }]);
  assert.is(versus(comparison, 'swd'), 'not comparable');
  assert.match(text(comparison), /Not comparable: swd \(64×64 \/ 128×128\)/);
  assert.match(text(comparison), /psnr ↑ +− +∞/);
});

test('an axis of a sweep against each metric: means over seeds, the other axes evened out', async () => {
  const runs = [1, 2].flatMap((seed) => [1, 10].flatMap((cycle) => ['a', 'b'].map((kind): MadeUp => ({
    seed, weight: cycle, metrics: { psnr: cycle + seed + (kind === 'b' ? 100 : 0) }, values: { cycle, kind, seed },
  }))));
  // One trial is missing: its partners must not shift the mean.
  const comparison = await compared(runs.filter((run) => !(run.seed === 2 && run.weight === 10 && run.values!['kind'] === 'b')), ['cycle', 'kind', 'seed']);
  const [cycle, kind] = comparison.sweep!.effects;
  assert.equal([cycle!.axis, cycle!.over, kind!.axis], ['cycle', ['kind'], 'kind']);
  const points = cycle!.metrics[0]!.points;
  assert.equal(points.map(({ value, n }) => [value, n]), [[1, 2], [10, 2]]);
  assert.ok(Math.abs(points[1]!.mean - points[0]!.mean - 9) < 1e-9, 'the axis adds 9');
  assert.is(comparison.columns.length, 4);
  assert.match(text(comparison), /^study-1: 7 trials \(7 done\), 4 settings of cycle, kind\n/);
});

test('a sweep without results says so, under no empty heading, and its settings are not the same config', async () => {
  const runs = [1, 2].map((weight): MadeUp => ({ seed: 1, weight, metrics: {}, values: { 'loss.cycle': weight } }));
  const sweep = { sweep: 'study-1', folder: '/', axes: ['loss.cycle'], states: { failed: 2 } };
  // A run that failed early has no config.yaml; a sweep that did not begin has no runs.
  const [whole, early, none] = [runs.map(gathered), runs.map((run) => ({ ...gathered(run), config: undefined })), []];
  for (const each of [whole, early, none]) {
    const comparison = await compareRuns(each, { ...options, sweep });
    const page = await comparisonPage(comparison);
    for (const shown of [text(comparison), page]) {
      assert.match(shown, /There are no results: none of the trials has any yet/);
      assert.not.match(shown, /deviation|The same: config|Axes/);
    }
    assert.is(text(comparison).split('\n').filter((line) => line.includes('results')).length, 1, 'it is said once');
  }
  const damaged = await compareRuns(early.map(({ values: _values, ...run }) => run), options);
  assert.match(text(damaged), /\nThe same: code, data, environment\n/, 'what cannot be read is not the same');
});

test('the two spellings of an engine are one', async () => {
  const engines: readonly (Json | undefined)[] = [undefined, 'auto', { backend: 'auto' }];
  const runs = (found: readonly (Json | undefined)[]): readonly GatheredRun[] => found.map((engine, index) => {
    const run = gathered({ seed: 1, weight: index, metrics: {} });
    return { ...run, places: { engine: 'command line: engine=wasm' }, config: { name: 'study', ...(engine === undefined ? {} : { engine }) } };
  });
  assert.equal((await compareRuns(runs(engines), options)).config, []);
  const { config } = await compareRuns(runs(['wasm', { backend: 'auto', threads: 2 }]), options);
  assert.equal(config.map(({ path, values }) => [path, values.map((each) => each?.value ?? null)]), [['engine.backend', ['wasm', 'auto']], ['engine.threads', [null, 2]]]);
  assert.is(config[0]!.values[0]!.place, 'command line: engine=wasm');
});

test('no line is wider than the terminal, and with --ascii every character is ASCII', async () => {
  const many = await compared(Array.from({ length: 50 }, (_, index) => ({ seed: 1, weight: index + 1, metrics: Object.fromEntries(Array.from({ length: 14 }, (__, metric) => [`metric with a long name ${metric}`, index * metric])) })));
  const few = await compared([...seeds(3, 10, (seed) => 15 + seed), ...seeds(3, 5, (seed) => 25 + seed)]);
  for (const comparison of [many, few]) for (const width of [40, 60, 80, 120]) {
    const wide = text(comparison, width).split('\n').filter((line) => line.length > width && !line.includes('/nowhere/'));
    assert.equal(wide, [], String(width));
    assert.match(text(comparison, width, true), /^[\x20-\x7e\n]*$/);
  }
});

test('a sparkline shares its axes, ends where its curve ends, and goes from the least to the most', () => {
  const axes = { lastIteration: 100, least: 0, most: 10 };
  assert.is(sparkline({ runs: 1, points: [{ iteration: 50, value: 0 }, { iteration: 100, value: 10 }] }, axes, 4, false), '▁▁██');
  assert.is(sparkline({ runs: 1, points: [{ iteration: 50, value: 10 }] }, axes, 4, true), '##');
  assert.is(sparkline({ runs: 1, points: [{ iteration: 100, value: 3 }] }, { lastIteration: 100, least: 3, most: 3 }, 3, true), '___');
});

test('columns are lettered as a spreadsheet letters them', () => {
  assert.equal([0, 25, 26, 51, 52, 701, 702].map(letterOf), ['A', 'Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA']);
});

test.run();
