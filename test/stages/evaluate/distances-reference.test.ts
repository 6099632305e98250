// The metrics against NumPy, SciPy and scikit-image (distances-reference.py beside this file), on pictures and features drawn here.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { meanAbsoluteError } from '../../../stages/evaluate/metrics/absolute-error.ts';
import { randomDirections } from '../../../stages/evaluate/metrics/directions.ts';
import { frechetDistance, gaussianOf } from '../../../stages/evaluate/metrics/frechet-distance.ts';
import { kernelDistance, kernelSet } from '../../../stages/evaluate/metrics/kernel-distance.ts';
import { laplacianPyramid, pyramidLevels } from '../../../stages/evaluate/metrics/laplacian-pyramid.ts';
import { DescriptorSet, patchPlaces, patchesPerPicture } from '../../../stages/evaluate/metrics/patch-descriptors.ts';
import { psnr } from '../../../stages/evaluate/metrics/psnr.ts';
import { slicedWasserstein } from '../../../stages/evaluate/metrics/sliced-wasserstein.ts';
import { ssim } from '../../../stages/evaluate/metrics/ssim.ts';
import { testEngine } from '../../helpers/test-engine.ts';
import { randomStream } from '../../../stages/random.ts';
import { findPython } from '../find-python.ts';
import { features, smoothNoise } from './drawn.ts';

const python = findPython('scipy, skimage');
if (!python) console.log('skipped: no Python with scipy and scikit-image (test/requirements.txt) at GIVERNY_TEST_PYTHON or .venv/bin/python');
const reference = python ? test : test.skip;

// An odd width, so that levels are not simply halves.
const [height, width] = [64, 75];
const a = [1, 2, 3].map((seed) => smoothNoise(seed, height, width, 0.3));
const b = [4, 5, 6].map((seed) => smoothNoise(seed, height, width, 0.7));
const [x, y] = [features(1, 40, 12, 0), features(2, 31, 12, 0.4)];
const [few, fewer] = [features(3, 9, 12, 0.2), features(4, 5, 12, 0)];
const directions = randomDirections(70, 147, randomStream(1, 'directions').normal);
const stream = (image: number) => randomStream(1, `places ${image}`);

/** The places that a {@link DescriptorSet} of this many pictures draws, by image and level. */
function placesOf(images: number) {
  return Array.from({ length: images }, (_, image) => {
    const random = stream(image);
    return pyramidLevels({ height, width }).map((level) => patchPlaces(random, patchesPerPicture(images), level));
  });
}

interface Figures {
  readonly pyramid: readonly number[][];
  readonly swd: readonly number[];
  readonly kid: readonly [number, number];
  readonly fid: readonly number[];
  readonly psnr: readonly number[];
  readonly ssim: readonly number[];
  readonly l1: readonly number[];
}

const numbers = (rows: readonly Float32Array[]) => rows.map((row) => [...row]);
const plain = (pictures: typeof a) => pictures.map((picture) => ({ ...picture, data: [...picture.data] }));

function figuresOfPython(): Figures {
  const given = {
    a: plain(a), b: plain(b), places: placesOf(a.length), directions: numbers(directions),
    x: numbers(x), y: numbers(y), few: numbers(few), fewer: numbers(fewer),
  };
  const script = fileURLToPath(new URL('distances-reference.py', import.meta.url));
  return JSON.parse(execFileSync(python!, [script], { input: JSON.stringify(given), encoding: 'utf8', maxBuffer: 1 << 26 })) as Figures;
}

const golden = python ? figuresOfPython() : ({} as Figures);

const near = (found: number, expected: number, tolerance: number, name: string) =>
  assert.ok(Math.abs(found - expected) <= tolerance * Math.max(1e-3, Math.abs(expected)), `${name}: ${found}, in Python ${expected}`);

reference('the Laplacian pyramid is SciPy\'s convolution, on odd sides too', () => {
  const levels = laplacianPyramid(a[0]!);
  assert.equal(levels.map((level) => [level.height, level.width]), [[64, 75], [32, 38], [16, 19]]);
  for (const [i, level] of levels.entries()) {
    assert.is(level.data.length, golden.pyramid[i]!.length);
    const worst = level.data.reduce((most, value, k) => Math.max(most, Math.abs(value - golden.pyramid[i]![k]!)), 0);
    assert.ok(worst < 1e-6, `level ${i}: ${worst}`);
  }
});

reference('the sliced Wasserstein distance of each level is NumPy\'s', async () => {
  const tf = (await testEngine('wasm'))!;
  const levelsOf = (pictures: typeof a) => {
    const set = new DescriptorSet(pictures.length, pictures[0]!);
    for (const [i, picture] of pictures.entries()) set.add(picture, stream(i));
    return set.levels();
  };
  const [levelsA, levelsB] = [levelsOf(a), levelsOf(b)];
  assert.is(golden.swd.length, 3);
  for (const [i, level] of levelsA.entries()) {
    const [found] = await slicedWasserstein(tf, level, [levelsB[i]!], directions);
    near(found!, golden.swd[i]!, 1e-4, `level ${i}`);
  }
});

reference('the kernel distance and its standard error are NumPy\'s', async () => {
  const { value, standardError } = (await kernelDistance(await kernelSet(x), await kernelSet(y)))!;
  near(value, golden.kid[0], 1e-9, 'KID');
  near(standardError!, golden.kid[1], 1e-9, 'standard error');
});

reference('the Fréchet distance is that of scipy.linalg.sqrtm, with fewer images than dimensions too', () => {
  for (const [i, [one, other]] of ([[x, y], [few, y], [few, fewer]] as const).entries()) near(frechetDistance(gaussianOf(one), gaussianOf(other)), golden.fid[i]!, 1e-5, `pair ${i}`);
});

reference('PSNR and SSIM are those of scikit-image', () => {
  for (const [i, picture] of a.entries()) {
    near(psnr(picture, b[i]!), golden.psnr[i]!, 1e-9, 'PSNR');
    near(ssim(picture, b[i]!), golden.ssim[i]!, 1e-9, 'SSIM');
    near(meanAbsoluteError(picture, b[i]!), golden.l1[i]!, 1e-9, 'L1');
  }
});

if (!python) test('no Python to compare with', () => assert.is(python, undefined));

test.run();
