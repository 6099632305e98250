// Each task is a translation that can be learnt: B is a function of A, and no recolouring is as good as the truth.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Histogram, histogramMatch } from '../../../stages/evaluate/metrics/histogram-match.ts';
import { psnr } from '../../../stages/evaluate/metrics/psnr.ts';
import { ssim } from '../../../stages/evaluate/metrics/ssim.ts';
import { quantize, type Picture } from '../../../stages/image/picture.ts';
import type { Domain } from '../../../stages/image-set/image-set.ts';
import { randomStream } from '../../../stages/random.ts';
import { loadTask, taskNames, type TaskName } from '../../../stages/synthesize/tasks/index.ts';
import { toneAndStripe } from '../../../stages/synthesize/tone/tone-and-stripe.ts';

const scenes = Array.from({ length: 12 }, (_, i) => i);

async function drawAll(name: TaskName, domain: Domain, which: string, size = 64): Promise<readonly Picture[]> {
  const task = await loadTask(name);
  return scenes.map((scene) => quantize(task.draw(randomStream(1, `${which} ${scene}`), size, domain)));
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function histogramOf(pictures: readonly Picture[]): Histogram {
  const histogram = new Histogram(3);
  for (const picture of pictures) histogram.add(picture);
  return histogram;
}

/** PSNR and SSIM of copying, and PSNR of the recolouring that is fitted to unpaired scenes. */
async function baselinesOf(name: TaskName) {
  const [inputs, truths] = [await drawAll(name, 'A', 'test'), await drawAll(name, 'B', 'test')];
  const match = histogramMatch(histogramOf(await drawAll(name, 'A', 'train A')), histogramOf(await drawAll(name, 'B', 'train B')));
  const score = (metric: typeof psnr, translate: (picture: Picture) => Picture) =>
    mean(inputs.map((input, i) => metric(translate(input), truths[i]!)));
  const copy = (picture: Picture) => picture;
  return { copy: score(psnr, copy), copySsim: score(ssim, copy), match: score(psnr, match) };
}

/** As configs/known-truth measure them on 300 images: what a network must beat. */
const expected: readonly (readonly [TaskName, { copy: number; copySsim: number; match: number }])[] = [
  ['painterly', { copy: 17, copySsim: 0.65, match: 23.6 }],
  ['colour-permutation', { copy: 11.8, copySsim: 0.48, match: 22.4 }],
  ['outlines', { copy: 21.2, copySsim: 0.86, match: 20.8 }],
  ['tone-and-stripe', { copy: 15.9, copySsim: 0.5, match: 25.7 }],
];

test('every task has its expected baselines', () => {
  assert.equal(expected.map(([name]) => name).sort(), [...taskNames].sort());
});

for (const [name, { copy, copySsim, match }] of expected) {
  test(`${name}: copying and recolouring score as they should`, async () => {
    const measured = await baselinesOf(name);
    assert.ok(Math.abs(measured.copy - copy) < 1.2, `copy ${measured.copy} dB`);
    assert.ok(Math.abs(measured.copySsim - copySsim) < 0.08, `copy SSIM ${measured.copySsim}`);
    assert.ok(Math.abs(measured.match - match) < 2, `histogram match ${measured.match} dB`);
  });
}

test('colour permutation: blue, red and green of A are red, green and blue of B, and their ranges are apart', async () => {
  const [A, B] = [await drawAll('colour-permutation', 'A', 'test', 32), await drawAll('colour-permutation', 'B', 'test', 32)];
  for (const [i, { data }] of A.entries()) {
    const permuted = data.map((_, at) => data[at - (at % 3) + [2, 0, 1][at % 3]!]!);
    assert.equal(B[i]!.data, permuted);
  }
  const channel = (c: number) => mean(A.map(({ data }) => mean([...data].filter((_, at) => at % 3 === c))));
  assert.ok(channel(0) > channel(1) + 0.15 && channel(1) > channel(2) + 0.08, [0, 1, 2].map(channel).join(' '));
});

test('outlines: shapes are filled with the colour of their lines, and nothing else changes', async () => {
  const [A, B] = [await drawAll('outlines', 'A', 'test'), await drawAll('outlines', 'B', 'test')];
  const flatColours = (picture: Picture, pixels: number) => {
    const counts = new Map<string, number>();
    for (let at = 0; at < picture.data.length; at += 3) {
      const colour = picture.data.slice(at, at + 3).join(' ');
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
    // Soft edges give every other colour a few pixels.
    return [...counts].filter(([, count]) => count >= pixels).map(([colour]) => colour);
  };
  let filled = 0;
  for (const [i, outlined] of A.entries()) {
    const [before, after] = [new Set(flatColours(outlined, 8)), flatColours(B[i]!, 40)];
    assert.ok(after.length >= 2 && after.every((colour) => before.has(colour)), `scene ${i}: ${after.join(', ')}`);
    for (let at = 0; at < outlined.data.length; at += 3) {
      if ([0, 1, 2].some((c) => Math.abs(outlined.data[at + c]! - B[i]!.data[at + c]!) > 0.05)) filled++;
    }
  }
  assert.ok(filled / (A.length * 64 * 64) > 0.04 && filled / (A.length * 64 * 64) < 0.3, `${filled} pixels`);
});

test('tone and stripe: the stripe runs along diagonals, with period 4 and the mean of the tone curve', () => {
  const grey: Picture = { height: 16, width: 16, channels: 3, data: new Float32Array(16 * 16 * 3).fill(0.5) };
  const { data } = toneAndStripe(grey);
  const at = (x: number, y: number, c: number) => data[(y * 16 + x) * 3 + c]!;
  for (let c = 0; c < 3; c++) {
    assert.is(at(3, 5, c), at(4, 4, c));
    assert.is(at(3, 5, c), at(7, 5, c));
    assert.is.not(at(3, 5, c), at(5, 5, c));
  }
  const red = 0.25 + 0.72 * 0.5 ** 0.8;
  assert.ok(Math.abs(mean([at(0, 0, 0), at(1, 0, 0), at(2, 0, 0), at(3, 0, 0)]) - red) < 1e-6);
});

test('tone and stripe: the truth of a test image is that of exactly its pixels', async () => {
  const [A, B] = [await drawAll('tone-and-stripe', 'A', 'test', 32), await drawAll('tone-and-stripe', 'B', 'test', 32)];
  A.forEach((input, i) => assert.equal(quantize(toneAndStripe(input)).data, B[i]!.data));
});

test.run();
