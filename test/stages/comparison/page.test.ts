// The page of a comparison, and what it is made of: read from run folders as trainings and evaluations leave them.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { GatheredRun } from '../../../pipeline/diff/gather.ts';
import { terminalText } from '../../../pipeline/diff/words/terminal.ts';
import { compareRuns } from '../../../pipeline/diff/compare.ts';
import { EmbeddedPictures } from '../../../stages/comparison/page/embedded-pictures.ts';
import { comparisonPage } from '../../../stages/comparison/page/page.ts';
import { readResults } from '../../../stages/comparison/run-results.ts';
import { createPicture } from '../../../stages/image/picture.ts';
import { encodePng } from '../../../stages/image/pixels.ts';
import { gathered } from '../../pipeline/diff/gathered.ts';

const test = suite<{ folder: string }>('the page of a comparison');
test.before.each((context) => { context.folder = mkdtempSync(join(tmpdir(), 'giverny-diff-')); });
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

const epoch = (number: number, loss: number | null, cycle = 0.1): string => JSON.stringify({ epoch: number, iteration: number * 10, generator_loss: loss, discriminator_loss: 0.5, terms: { adversarial_AToB: 0.4, discriminator_A: 0.2, cycle_A: cycle, identity_B: 0.3 }, learning_rate: 1e-3 });
const score = (psnr: number | null) => ({ psnr, ssim: 0.5, cycle_l1: 0.1, swd: 20, swd_levels: [20], texture_distance: 5, gap_closed: {} });
const evaluation = (psnr: number | null, size: number) => JSON.stringify({
  test: { paired: true, images: { A: { evaluated: 9, of: 9 }, B: { evaluated: 9, of: 9 } }, height: size, width: size, swd_levels: [] }, networks: {}, features: { network: 'random', dimensions: 8 },
  translations: Object.fromEntries(['AtoB', 'BtoA'].map((each) => [each, { methods: { copy: score(9), cyclegan: score(psnr) }, epochs: [{ epoch: 2, swd: 12, texture_distance: 7 }, { epoch: 4, swd: 18, texture_distance: 6 }] }])),
});
const train = { name: 'train', uses: 'train', params: { loss: { gan: 'mse', weights: { adversarial: [1, 1], cycle: [10, 10], identity: [5, 1] } } } };
const evaluate = { name: 'evaluate', uses: 'evaluate' };

test('losses with their last and best, scores with which way is better, and on what each was taken', async ({ folder }) => {
  writeFileSync(join(folder, 'metrics.jsonl'), `${[epoch(1, 3), epoch(2, 1), epoch(3, null), epoch(4, 2), '{"epoch": 5, "iter'].join('\n')}`);
  writeFileSync(join(folder, 'evaluation.json'), evaluation(null, 64));
  const { metrics, curves, notes, told } = await readResults(folder, [train, evaluate]);
  const named = new Map(metrics.map((metric) => [metric.name, metric]));
  const generator = named.get('generator_loss')!;
  assert.equal([generator.value, generator.basis], [2, 'weights adversarial 1, cycle 10, identity [5,1], gan mse, after 4 epochs, 40 iterations']);
  const cycle = named.get('cycle_A')!;
  assert.equal([cycle.best, cycle.better, cycle.basis], [{ value: 0.1, epoch: 1 }, 'lower', 'after 4 epochs, 40 iterations']);
  const directions = ['generator_loss', 'discriminator_loss', 'adversarial_AToB', 'discriminator_A', 'cycle_A', 'identity_B'].map((name) => [named.get(name)!.better, named.get(name)!.best?.epoch]);
  assert.equal(directions, [...Array.from({ length: 4 }, () => [undefined, undefined]), ['lower', 1], ['lower', 1]], "what a GAN's networks gain from each other is no better or worse");
  assert.equal(curves.find(({ name }) => name === 'generator_loss')!.points.map(({ iteration }) => iteration), [10, 20, 40]);
  assert.equal([named.get('psnr_AtoB')!.value, named.get('psnr_AtoB')!.better], [Infinity, 'higher']);
  assert.equal([named.get('swd_BtoA')!.best, named.get('swd_BtoA')!.better, named.get('swd_BtoA')!.basis], [{ value: 12, epoch: 2 }, 'lower', '9 and 9 test images of 64×64']);
  assert.equal([notes, told], [['metrics.jsonl: 1 line is no epoch'], ['train', 'evaluate']]);
});

test('a very long training is thinned out, its ends and its best kept; nothing there is nothing told, damage is noted', async ({ folder }) => {
  writeFileSync(join(folder, 'metrics.jsonl'), Array.from({ length: 20_000 }, (_, index) => epoch(index + 1, 1, index === 777 ? -5 : 1)).join('\n'));
  const { metrics, curves } = await readResults(folder, [train]);
  assert.equal([metrics[0]!.value, metrics.find(({ name }) => name === 'cycle_A')!.best], [1, { value: -5, epoch: 778 }]);
  const { points } = curves[0]!;
  assert.ok(points.length > 1000 && points.length <= 2048, String(points.length));
  assert.is(points.at(-1)!.iteration, 200_000);
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  assert.equal(await readResults(empty, [train, evaluate]), { metrics: [], curves: [], pictures: [], told: [], notes: [] });
  writeFileSync(join(empty, 'evaluation.json'), '{"test": {}}');
  assert.equal((await readResults(empty, [evaluate])).notes, ['evaluation.json cannot be read as an evaluation']);
});

test('losses of trainings of unequal length have no difference, and it is said why; one of the same length has no verdict on the adversarial ones', async ({ folder }) => {
  const trained = async (weight: number, epochs: number, loss: number): Promise<GatheredRun> => {
    writeFileSync(join(folder, 'metrics.jsonl'), Array.from({ length: epochs }, (_, index) => epoch(index + 1, loss)).join('\n'));
    return { ...gathered({ seed: 1, weight, metrics: {} }), results: await readResults(folder, [train]) };
  };
  const shown = async (...runs: readonly GatheredRun[]): Promise<string> =>
    terminalText(await compareRuns(runs, { listing: async () => undefined, cwd: folder, patch: false }), folder, { width: 120, color: false, ascii: false, all: true });
  const unequal = await shown(await trained(1, 2, 3), await trained(2, 4, 1));
  assert.match(unequal, /cycle A ↓ +0\.1000 +0\.1000 +not comparable\n/);
  assert.match(unequal.replaceAll(/\n +/g, ' '), /Not comparable: cycle A; identity B \(after 2 epochs, 20 iterations \/ after 4 epochs, 40 iterations\)/);
  const equal = await shown(await trained(1, 2, 3), await trained(2, 2, 1));
  assert.match(equal, /\n {2}generator +3\.000 +1\.000 +−2\.000 *\n/);
});

test('of two trainings, the later has its files below its name', async ({ folder }) => {
  mkdirSync(join(folder, 'late'));
  writeFileSync(join(folder, 'metrics.jsonl'), epoch(1, 3));
  writeFileSync(join(folder, 'late', 'metrics.jsonl'), epoch(1, 4));
  const { metrics } = await readResults(folder, [train, { ...train, name: 'late' }]);
  assert.equal(metrics.filter(({ name }) => name.endsWith('generator_loss')).map(({ name, label, value }) => [name, label, value]), [['generator_loss', 'generator', 3], ['late.generator_loss', 'generator (late)', 4]]);
});

test('one page that asks nothing of any network, runs nothing, and whose style is the one that its policy allows', async ({ folder }) => {
  const png = await encodePng({ data: new Uint8Array(createPicture(4, 4).data.length), height: 4, width: 4 });
  const runs = [5, 10].map((weight) => {
    const run = gathered({ seed: 1, weight, metrics: { psnr: weight, '<script>alert(1)</script>': 1 } });
    const place = join(folder, String(weight));
    mkdirSync(join(place, 'samples'), { recursive: true });
    writeFileSync(join(place, 'samples', 'a.png'), png);
    return { ...run, listed: { ...run.listed, folder: place } };
  });
  for (const sweep of [undefined, { sweep: 'study', folder, axes: ['weight'], states: { done: 2 } }]) {
    const tried = sweep === undefined ? runs : runs.map((run, index) => ({ ...run, values: { weight: index } }));
    const page = await comparisonPage(await compareRuns(tried, { listing: async () => undefined, cwd: folder, patch: true, ...(sweep === undefined ? {} : { sweep }) }));
    assert.not.match(page, /<script|https?:|\ssrc="(?!data:)|\shref=|@import|url\(/);
    assert.is(page.match(/src="data:image\/png;base64,/g)?.length, 2);
    assert.match(page, /default-src &#39;none&#39;|default-src 'none'/);
    const style = /<style>([^]*?)<\/style>/.exec(page)![1]!;
    assert.ok(page.includes(`sha256-${createHash('sha256').update(style).digest('base64')}`));
    assert.match(page, /&lt;script&gt;alert/);
    assert.match(page, /prefers-color-scheme: dark/);
    assert.is((page.match(/<section/g) ?? []).length, (page.match(/<\/section>/g) ?? []).length);
  }
});

test('pictures beyond the budget, and those that are gone, are named', async ({ folder }) => {
  writeFileSync(join(folder, 'a.png'), Buffer.alloc(10));
  const pictures = new EmbeddedPictures(15);
  assert.match((await pictures.image(join(folder, 'a.png'), 'a')).text, /^<img src="data:/);
  assert.match((await pictures.image(join(folder, 'a.png'), 'a')).text, /a\.png<\/span>$/);
  assert.match((await pictures.image(join(folder, 'b.png'), 'b')).text, /b\.png is gone/);
});

test.run();
