import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Distances, Evaluation, MethodScore, TranslationScore } from '../../../stages/evaluate/evaluation.ts';
import { gapClosed } from '../../../stages/evaluate/gap-closed.ts';
import { html } from '../../../stages/report/html.ts';
import { Pictures } from '../../../stages/report/pictures.ts';
import { summarize } from '../../../stages/report/summarize.ts';
import { duration, short } from '../../../stages/report/wording.ts';
import { writeReport } from '../../../stages/report/write-report.ts';
import { noisePng } from '../test-images.ts';

const folders: string[] = [];
test.after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function runFolder(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'giverny-report-'));
  folders.push(folder);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

const pageOf = async (folder: string) => readFile(await writeReport(folder), 'utf8');

const terms = ['adversarial_AToB', 'adversarial_BToA', 'cycle_A', 'cycle_B', 'identity_A', 'identity_B',
  'discriminator_A_real', 'discriminator_A_fake', 'discriminator_B_real', 'discriminator_B_fake'];
const epoch = (number: number) => JSON.stringify({
  epoch: number, iteration: number * 300, generator_loss: 5 / number, discriminator_loss: 0.25, learning_rate: 2e-4,
  terms: Object.fromEntries(terms.map((name, i) => [name, (i + 1) / (10 * number)])),
});

const distances = (swd: number, kid: number, texture_distance: number): Distances => ({ swd, swd_levels: [swd + 1, swd - 1], kid, kid_error: 0.25, texture_distance });
const [ceiling, floor] = [distances(60, 12, 14.16), distances(10, 2, 1.17)];
const method = (psnr: number | null, ssim: number, found: Distances): MethodScore => ({ psnr, ssim, ...found, gap_closed: gapClosed(found, floor, ceiling) });
const direction: TranslationScore = {
  methods: {
    copy: method(16.9, 0.65, ceiling), mean: method(17.36, 0.226, distances(1600, 212, 51.25)), histogram_match: method(23.11, 0.666, distances(55, 9.5, 17.62)),
    cyclegan: { ...method(null, 1, distances(20, 3, 3)), cycle_l1: 0.0314 },
  },
  floor, ceiling, images: [],
};
const levels = [[64, 64], [32, 32]] as const;
const features = { network: 'random', dimensions: 480 } as const;
const paired: Evaluation = {
  test: { paired: true, images: { A: { evaluated: 50, of: 50 }, B: { evaluated: 50, of: 50 } }, height: 64, width: 64, swd_levels: levels },
  networks: { cyclegan: 'last' }, features,
  translations: { AtoB: direction, BtoA: direction },
};

const unpairedScore = (found: Distances, cycle?: number): MethodScore => ({ ...found, gap_closed: gapClosed(found, floor, ceiling), ...(cycle !== undefined && { cycle_l1: cycle }) });
const unpairedDirection: TranslationScore = { ...direction, methods: { copy: unpairedScore(ceiling), cyclegan: unpairedScore(distances(35, 7, 4), 0.05) } };
const unpaired: Evaluation = {
  test: { paired: false, images: { A: { evaluated: 300, of: 1072 }, B: { evaluated: 300, of: 6287 } }, height: 128, width: 128, swd_levels: levels },
  networks: { cyclegan: 'ema' }, features,
  translations: { AtoB: unpairedDirection, BtoA: unpairedDirection },
};

async function wholeRun(): Promise<string> {
  const png = await noisePng(8, 24, 1);
  return runFolder({
    'run.json': JSON.stringify({ name: 'quickstart', digest: 'abcdef0123456789', state: 'done', seconds: 250, command: ['giverny', 'run', 'configs/quickstart.yaml'],
      stages: { train: { uses: 'train', state: 'done', seconds: 200, reason: 'never run' } } }),
    'plan.json': JSON.stringify({ stages: [{ name: 'train', uses: 'train', from: ['normalize'] }] }),
    'config.yaml': 'name: quickstart\n# <script>alert(1)</script>\n',
    'environment.json': JSON.stringify({ node: 'v20.0.0', cpu: { model: 'a <fast> one', cores: 2 } }),
    'metrics.jsonl': `${epoch(1)}\n${epoch(2)}\n${epoch(10)}\n{"epoch":11,"iter`,
    'evaluation.json': JSON.stringify(paired),
    'evaluation/AtoB.png': png,
    'samples/epoch-0001-AtoB-lake.png': png,
    'samples/epoch-0010-AtoB-lake.png': png,
    'samples/epoch-0010-BtoA-a"quoted"<name>.png': png,
    'samples/not-a-sample.txt': 'no',
  });
}

test('an empty folder has a report', async () => {
  const page = await pageOf(await runFolder({}));
  assert.match(page, /^<!doctype html>/);
  assert.match(page, '</html>');
});

test('the report shows state, evaluation, samples, losses, stages, config and environment', async () => {
  const page = await pageOf(await wholeRun());
  for (const expected of ['quickstart', '4 min 10 s', '16.90', '∞', 'unpaired histogram match', 'A → B: input, translation, truth', 'Epoch 10', 'never run', 'a &lt;fast&gt; one', ...terms]) {
    assert.ok(page.includes(expected), `the report lacks ${expected}`);
  }
  assert.is(page.match(/<polyline/g)?.length, 13);
});

test('the latest samples come first', async () => {
  const page = await pageOf(await wholeRun());
  const heads = [...page.matchAll(/(?:<h3>|<summary>)Epoch (\d+)/g)].map(([, number]) => Number(number));
  assert.equal(heads, [10, 1]);
});

test('everything is escaped, and nothing is asked of a network', async () => {
  const page = await pageOf(await wholeRun());
  assert.not.match(page, '<script');
  assert.match(page, '&lt;script&gt;alert(1)&lt;/script&gt;');
  assert.match(page, 'a&quot;quoted&quot;&lt;name&gt;');
  assert.not.match(page.replaceAll(/data:image\/png;base64,[A-Za-z0-9+/=]*/g, ''), /https?:|url\(|@import|\sstyle=|\son\w+=/);
});

test('the content security policy forbids scripts and requests, and lets this style in', async () => {
  const page = await pageOf(await wholeRun());
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!.replaceAll('&#39;', "'");
  const style = /<style>([^]*)<\/style>/.exec(page)![1]!;
  assert.match(policy, "default-src 'none'");
  assert.match(policy, `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`);
  assert.not.match(policy, 'unsafe');
});

test('pictures are embedded up to the budget and linked beyond', async () => {
  const png = await noisePng(8, 8, 1);
  const folder = await runFolder({ 'samples/a b#.png': png, 'samples/second.png': png });
  const pictures = new Pictures(folder, png.length + 1);
  assert.match((await pictures.image('samples/second.png', 'second')).text, `src="data:image/png;base64,${png.toString('base64')}"`);
  assert.match((await pictures.image('samples/a b#.png', 'first')).text, 'src="samples/a%20b%23.png"');
  assert.is((await pictures.image('samples/gone.png', 'gone')).text, '');
});

test('files of another version or cut short are left out', async () => {
  const folder = await runFolder({ 'run.json': '{"name": "x"', 'evaluation.json': '[]', 'plan.json': 'null', 'metrics.jsonl': 'not JSON\n{}\n' });
  const page = await pageOf(folder);
  assert.not.match(page, '<table>');
  assert.equal(await summarize(folder), []);
});

test('it is written whole: nothing else is left beside it', async () => {
  const folder = await runFolder({});
  await writeReport(folder);
  await writeReport(folder);
  assert.equal(await readdir(folder), ['report.html']);
});

const summaryOf = async (evaluation: unknown) => summarize(await runFolder({ 'evaluation.json': JSON.stringify(evaluation) }));

test('the terminal gets the table within 80 columns', async () => {
  const lines = await summaryOf(paired);
  assert.ok(lines.every((line) => line.length <= 80), lines.join('\n'));
  assert.is(lines[0], 'A → B, 50 test pairs; cycle L1 of CycleGAN 0.031');
  assert.match(lines[1]!, /^ +PSNR +SSIM +SWD +gap +KID +gap +texture +gap$/);
  assert.match(lines[2]!, /^ {2}copy of the input +16\.90 +0\.650 +60\.0 +0% +12\.0±0\.3 +0% +14\.2 +0%$/);
  assert.match(lines[5]!, /^ {2}CycleGAN +∞ +1\.000 +20\.0 +80% +3\.00±0\.25 +90% +3\.0 +86%$/);
  assert.match(lines[6]!, /^ {2}real, half against half +10\.0 +2\.00±0\.25 +1\.2$/);
  assert.match(lines.slice(14).join(' '), /less is better.*SWD: patches.*KID: features.*texture: fine structure.*gap: 0%.*random features/);
});

test('the columns stay apart and within 80 columns whatever the figures', async () => {
  const far = { ...distances(12345.6, -123.4, 1234.5), kid_error: 10.25 };
  const odd = (psnr: number, ssim: number): MethodScore => ({ psnr, ssim, ...far, gap_closed: { swd: 67.9, kid: -0.99, texture_distance: 12345 } });
  const score = { ...direction, methods: { ...direction.methods, histogram_match: odd(-3.21, -0.001), cyclegan: { ...odd(130.512, -0.5), cycle_l1: 1 } } };
  const lines = await summaryOf({ ...paired, translations: { AtoB: score, BtoA: score } });
  assert.ok(lines.every((line) => line.length <= 80), lines.join('\n'));
  assert.match(lines[4]!, /^ *unpaired histogram match +-3\.21 +0\.000 +12346 +>199% +-123\.4±10\.3 +-99% +123[45] +>199%$/);
  assert.match(lines[5]!, /^ *CycleGAN +130\.51 +-0\.50 /);
});

test('there is no gap to close where noise hides it', () => {
  const ends = (low: number, high: number, kid_error: number) =>
    gapClosed({ ...distances(12, 6, 12), kid_error }, { ...distances(10, low, 10), kid_error }, { ...distances(high, high, high), kid_error });
  assert.equal(ends(2, 12, 4), {});
  assert.equal(ends(2, 14, 4), { swd: 0.5, kid: 8 / 12, texture_distance: 0.5 });
  const { kid_error: _, ...without } = distances(20, 14, 20);
  assert.equal(Object.keys(gapClosed(without, distances(10, 2, 10), without)), ['swd', 'texture_distance']);
});

test('what was trained on pairs alone is called so', async () => {
  const { cyclegan, ...others } = direction.methods;
  const score = { ...direction, methods: { ...others, supervised: cyclegan } };
  const lines = await summaryOf({ ...paired, networks: { supervised: 'ema' }, translations: { AtoB: score, BtoA: score } });
  assert.match(lines[0]!, /cycle L1 of supervised 0\.031/);
  assert.match(lines[5]!, /^ *supervised, on pairs +∞/);
  assert.match(lines.join(' '), /averaged ones/);
});

test('an unpaired test split shows distances alone, how much of it was evaluated, and which generators', async () => {
  const lines = await summaryOf(unpaired);
  assert.is(lines[0], 'A → B, 300 of 1,072 test images; cycle L1 of CycleGAN 0.050');
  assert.match(lines[2]!, /^ {2}copy of the input +60\.0 +0%/);
  assert.match(lines.join(' '), /averaged ones \(ema_decay\)/);
  assert.not.match(await pageOf(await runFolder({ 'evaluation.json': JSON.stringify(unpaired) })), 'PSNR');
});

test('FID takes the place of texture in the terminal, and stands beside it in the report', async () => {
  const withFid = (found: MethodScore): MethodScore => ({ ...found, fid: 30 });
  const score = { ...direction, methods: { cyclegan: withFid(direction.methods.cyclegan!), supervised: withFid(direction.methods.copy!) } };
  const evaluation = { ...paired, features: { network: 'named', dimensions: 2048 }, translations: { AtoB: score, BtoA: score } };
  const lines = await summaryOf(evaluation);
  assert.match(lines[1]!, /FID +gap$/);
  assert.match(lines[3]!, /^ {2}supervised, on pairs .* 30\.0$/, lines.join('\n'));
  assert.ok(lines.every((line) => line.length <= 80));
  const page = await pageOf(await runFolder({ 'evaluation.json': JSON.stringify(evaluation) }));
  for (const heading of ['FID', 'texture', 'supervised, on pairs', 'gap closed']) assert.ok(page.includes(heading), heading);
});

test('kept epochs are two charts a direction', async () => {
  const epochs = [5, 10, 15].map((number) => ({ epoch: number, ...distances(60 / number, 12 / number, 3) }));
  const score = { ...direction, epochs };
  const page = await pageOf(await runFolder({ 'evaluation.json': JSON.stringify({ ...paired, translations: { AtoB: score, BtoA: score } }) }));
  assert.is(page.match(/<polyline/g)?.length, 4);
  assert.match(page, 'KID of B → A by epoch');
});

test('an evaluation of an earlier version is shown as far as it goes', async () => {
  const score = { methods: { cyclegan: { psnr: 20, ssim: 0.5, texture_distance: 3 } }, floor: { texture_distance: 1 }, images: [] };
  const lines = await summaryOf({ test: { ...paired.test, swd_levels: undefined }, translations: { AtoB: score, BtoA: score } });
  assert.match(lines[2]!, /^ {2}CycleGAN +20\.00 +0\.500 +− +− +3\.0$/);
});

test('html escapes what is put in, joins lists and leaves out nothing-values', () => {
  assert.is(html`<p title="${'"<&>\''}">${[1, html`<b>${'x'}</b>`]}${undefined}${false}</p>`.text, '<p title="&quot;&lt;&amp;&gt;&#39;">1<b>x</b></p>');
});

test('durations and numbers are written for people', () => {
  assert.equal([0.04, 59.6, 60, 3661, 7200].map(duration), ['0.0 s', '1 min', '1 min', '1 h 1 min 1 s', '2 h']);
  assert.equal([0, 0.12345, 1234.5, 2e-4, 123456].map(short), ['0', '0.123', '1230', '2.0e-4', '1.2e+5']);
});

test.run();
