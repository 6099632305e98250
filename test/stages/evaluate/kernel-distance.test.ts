// That the kernel distance is unbiased, and that its standard error is what it says: over many draws.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelDistance } from '../../../stages/evaluate/metrics/kernel-distance.ts';
import { sortNumbers } from '../../../stages/evaluate/metrics/wasserstein.ts';
import { randomStream } from '../../../stages/random.ts';
import { features } from './drawn.ts';

const stream = () => randomStream(1, 'subsets');
const draws = (shift: number, count: number) =>
  Array.from({ length: count }, (_, i) => kernelDistance(features(2 * i, 30, 6, 0), features(2 * i + 1, 20, 6, shift), stream())!);

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const deviation = (values: readonly number[]) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

test('two samples of one distribution are at distance 0 on average, on either side of it', () => {
  const values = draws(0, 200).map(({ value }) => value);
  assert.ok(Math.abs(mean(values)) < (3 * deviation(values)) / Math.sqrt(200), `mean ${mean(values)}`);
  assert.ok(Math.min(...values) < 0 && Math.max(...values) > 0);
});

test('the standard error is the spread over draws, where sets differ', () => {
  const estimates = draws(1, 200);
  const [spread, stated] = [deviation(estimates.map(({ value }) => value)), mean(estimates.map(({ standardError }) => standardError!))];
  assert.ok(stated > 0.8 * spread && stated < 1.4 * spread, `spread ${spread}, stated ${stated}`);
});

test('large sets are compared by random subsets, the same again for the same seed', () => {
  const [a, b] = [features(1, 120, 6, 0), features(2, 90, 6, 1)];
  const whole = kernelDistance(a, b, stream())!;
  const subsets = kernelDistance(a, b, stream(), 40)!;
  assert.ok(Math.abs(subsets.value - whole.value) < 4 * subsets.standardError!, `${whole.value}, by subsets ${subsets.value} ± ${subsets.standardError}`);
  assert.not.equal(subsets.value, whole.value);
  assert.equal(kernelDistance(a, b, stream(), 40), subsets);
});

test('it grows with the difference, and says nothing of sets that are too small', () => {
  const one = features(1, 40, 6, 0);
  const [near, far] = [0.5, 2].map((shift) => kernelDistance(one, features(2, 40, 6, shift), stream())!.value);
  assert.ok(near! > 0 && far! > 4 * near!);
  assert.is(kernelDistance(one, one.slice(0, 1), stream()), undefined);
  assert.is(kernelDistance(one, one.slice(0, 2), stream())!.standardError, undefined);
});

test('numbers are sorted as JavaScript sorts them', () => {
  const random = randomStream(1, 'numbers');
  for (const length of [0, 1, 2, 1000, 5000]) {
    const numbers = Float32Array.from({ length }, (_, i) => (i % 7 === 0 ? 0 : random.normal() * 10 ** random.integer(12) * 1e-6));
    assert.equal([...sortNumbers(numbers.slice())], [...numbers.slice().sort()]);
  }
  assert.equal([...sortNumbers(Float32Array.of(Infinity, -1, 1, -Infinity))], [-Infinity, -1, 1, Infinity]);
});

test.run();
