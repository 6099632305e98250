// The metrics against NumPy, SciPy and scikit-image (metrics-reference.py beside this file printed the golden values).
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clamp01, createPicture, mapValues, quantize, type Picture } from '../../../stages/image/picture.ts';
import { randomStream } from '../../../stages/random.ts';
import { Histogram, histogramMatch } from '../../../stages/evaluate/metrics/histogram-match.ts';
import { MeanPicture } from '../../../stages/evaluate/metrics/mean-picture.ts';
import { psnr } from '../../../stages/evaluate/metrics/psnr.ts';
import { ssim } from '../../../stages/evaluate/metrics/ssim.ts';
import { PatchSet, projections, textureDistance, type Texture } from '../../../stages/evaluate/metrics/texture-distance.ts';
import { wasserstein } from '../../../stages/evaluate/metrics/wasserstein.ts';

/** As `picture` in metrics-reference.py. */
function wave(height: number, width: number, phase: number): Picture {
  return mapValues(createPicture(height, width), (_, i) => clamp01(0.5 + 0.3 * Math.sin(0.37 * i + phase) + 0.2 * Math.sin(0.011 * i * (1 + phase))));
}

const directions = Array.from({ length: 8 }, (_, k) => {
  const vector = Float32Array.from({ length: 25 }, (_value, i) => Math.cos(0.7 * i * (k + 1) + k));
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
});

const [a, b, c] = [wave(24, 20, 0), wave(24, 20, 0.5), wave(16, 31, 1)];

function textureOf(...pictures: Picture[]): Texture {
  const set = new PatchSet(pictures.length);
  for (const picture of pictures) set.add(picture);
  return set.along(directions);
}

const near = (value: number, golden: number, tolerance = 1e-5) =>
  assert.ok(Math.abs(value - golden) <= tolerance * Math.abs(golden), `${value} is not near ${golden}`);

function noisePicture(seed: number, height = 16, width = 16): Picture {
  const random = randomStream(seed, 'noise');
  return mapValues(createPicture(height, width), () => random.next());
}

test('PSNR and SSIM equal those of scikit-image', () => {
  near(psnr(a, b), 13.278798040945452);
  near(ssim(a, b), 0.5951468894513644);
});

test('the texture distance equals that of SciPy, for sets of different sizes too', () => {
  near(textureDistance(textureOf(a), textureOf(b)), 19.810866064888668);
  near(textureDistance(textureOf(a, c), textureOf(b)), 21.49917989283736);
});

test('a picture equals itself', () => {
  assert.is(psnr(a, a), Infinity);
  near(ssim(a, a), 1);
  assert.is(textureDistance(textureOf(a), textureOf(a)), 0);
});

test('all three are symmetric', () => {
  assert.is(psnr(a, b), psnr(b, a));
  near(ssim(a, b), ssim(b, a), 1e-12);
  near(textureDistance(textureOf(a), textureOf(b)), textureDistance(textureOf(b), textureOf(a)), 1e-9);
});

test('texture is blind to brightness and to the order of pictures, not to contrast', () => {
  const brighter = mapValues(a, (value) => value * 0.5 + 0.4);
  const darker = mapValues(a, (value) => value * 0.5);
  assert.ok(textureDistance(textureOf(brighter), textureOf(darker)) < 1e-3);
  assert.ok(textureDistance(textureOf(a), textureOf(darker)) > 10);
  near(textureDistance(textureOf(a, b), textureOf(c)), textureDistance(textureOf(b, a), textureOf(c)), 1e-9);
});

test('the Wasserstein distance of a sample to its shift is the shift, and repeating a sample changes nothing', () => {
  const random = randomStream(3, 'samples');
  for (let round = 0; round < 20; round++) {
    const sample = Float32Array.from({ length: 1 + random.integer(50) }, random.normal).sort();
    const shifted = sample.map((value) => value + 0.25);
    near(wasserstein(sample, shifted), 0.25, 1e-5);
    const twice = Float32Array.from([...sample, ...sample]).sort();
    assert.ok(wasserstein(sample, twice) < 1e-6);
  }
});

test('a large set is described by a part of its patches, evenly spread', () => {
  const large = new PatchSet(1 << 11);
  const whole = new PatchSet(1);
  const picture = noisePicture(5, 64, 64);
  large.add(picture);
  whole.add(picture);
  assert.is(large.along(directions)[0]!.length, 16);
  assert.is(whole.along(directions)[0]!.length, 30 * 30);
});

test('directions are unit vectors and follow the seed', () => {
  const drawn = projections(5, randomStream(0, 'directions').normal);
  for (const direction of drawn) near(Math.hypot(...direction), 1, 1e-6);
  assert.equal(projections(5, randomStream(0, 'directions').normal), drawn);
});

test('histogram matching carries one distribution into another and keeps the order of values', () => {
  const from = Array.from({ length: 20 }, (_, i) => quantize(mapValues(noisePicture(i), (value) => 0.2 + 0.3 * value)));
  const to = Array.from({ length: 20 }, (_, i) => quantize(mapValues(noisePicture(100 + i), (value, at) => (at % 3 === 0 ? value * value : 0.5 + 0.5 * value))));
  const histogram = (pictures: readonly Picture[]) => {
    const counted = new Histogram(3);
    for (const picture of pictures) counted.add(picture);
    return counted;
  };
  const match = histogramMatch(histogram(from), histogram(to));
  const matched = from.map(match);
  for (let channel = 0; channel < 3; channel++) {
    const values = (pictures: readonly Picture[]) => Float32Array.from(pictures.flatMap((picture) => [...picture.data].filter((_, i) => i % 3 === channel))).sort();
    assert.ok(wasserstein(values(matched), values(to)) < 0.01);
  }
  const ramp = mapValues(createPicture(1, 256), (_, i) => Math.floor(i / 3) / 255);
  const red = [...match(ramp).data].filter((_, i) => i % 3 === 0);
  assert.ok(red.every((value, i) => i === 0 || value >= red[i - 1]!));
});

test('matching a distribution with itself changes nothing', () => {
  const picture = quantize(noisePicture(1, 32, 32));
  const histogram = new Histogram(3);
  histogram.add(picture);
  const matched = histogramMatch(histogram, histogram)(picture);
  assert.ok(psnr(matched, picture) > 80);
});

test('the mean picture is the mean', () => {
  const mean = new MeanPicture(a);
  for (const picture of [a, b]) mean.add(picture);
  mean.mean().data.forEach((value, i) => near(value, (a.data[i]! + b.data[i]!) / 2, 1e-6));
});

test.run();
