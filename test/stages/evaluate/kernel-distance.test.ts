// That the kernel distance is unbiased, and that its standard error is what it says: over many draws.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelDistance, kernelSet, type Estimate, type Features } from '../../../stages/evaluate/metrics/kernel-distance.ts';
import { sortNumbers } from '../../../stages/evaluate/metrics/wasserstein.ts';
import { randomStream } from '../../../stages/random.ts';
import { features } from './drawn.ts';

const distance = async (a: Features, b: Features) => kernelDistance(await kernelSet(a), await kernelSet(b));

async function draws(shift: number, count: number): Promise<Estimate[]> {
  const estimates: Estimate[] = [];
  for (let i = 0; i < count; i++) estimates.push((await distance(features(2 * i, 30, 6, 0), features(2 * i + 1, 20, 6, shift)))!);
  return estimates;
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const deviation = (values: readonly number[]) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

test('two samples of one distribution are at distance 0 on average, on either side of it', async () => {
  const values = (await draws(0, 200)).map(({ value }) => value);
  assert.ok(Math.abs(mean(values)) < (3 * deviation(values)) / Math.sqrt(200), `mean ${mean(values)}`);
  assert.ok(Math.min(...values) < 0 && Math.max(...values) > 0);
});

test('the standard error is the spread over draws, where sets differ', async () => {
  const estimates = await draws(1, 200);
  const [spread, stated] = [deviation(estimates.map(({ value }) => value)), mean(estimates.map(({ standardError }) => standardError!))];
  assert.ok(stated > 0.8 * spread && stated < 1.4 * spread, `spread ${spread}, stated ${stated}`);
});

test('more images have a smaller error by the square root of their number, beyond a thousand too', async () => {
  const errors: number[] = [];
  for (const count of [250, 1000, 1200]) errors.push((await distance(features(1, count, 6, 0), features(2, count, 6, 1)))!.standardError!);
  for (const [one, other, ratio] of [[0, 1, 4], [1, 2, 1.2]] as const) {
    const found = errors[one]! / errors[other]!;
    assert.ok(Math.abs(found / Math.sqrt(ratio) - 1) < 0.12, `${errors.join(', ')}: a ratio of ${found}`);
  }
});

test('signals come in while it works', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  await distance(features(1, 300, 2048, 0), features(2, 300, 2048, 0.1));
  clearInterval(timer);
  assert.ok(turns > 0);
});

test('it grows with the difference, is symmetric, and says nothing of sets that are too small', async () => {
  const one = features(1, 40, 6, 0);
  const [near, far] = [(await distance(one, features(2, 40, 6, 0.5)))!, (await distance(one, features(2, 30, 6, 2)))!];
  assert.ok(near.value > 0 && far.value > 4 * near.value);
  const back = (await distance(features(2, 30, 6, 2), one))!;
  assert.ok(Math.abs(back.value - far.value) < 1e-9 && Math.abs(back.standardError! - far.standardError!) < 1e-9);
  assert.is(await distance(one, one.slice(0, 1)), undefined);
  assert.is((await distance(one, one.slice(0, 2)))!.standardError, undefined);
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
