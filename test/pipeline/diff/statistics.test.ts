// Against NumPy and SciPy: std(ddof=1), and scipy.stats.permutation_test((d, 0·d), mean of x − y, permutation_type='samples',
// n_resamples=inf) of SciPy 1.17, which counts every sign pattern as we do.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mean, signFlipTest, smallestP, standardDeviation } from '../../../pipeline/diff/statistics.ts';

const differences = [0.42, 0.31, -0.08, 0.55, 0.12, 0.27, 0.19];

test('mean, spread and p are those of NumPy and SciPy', () => {
  assert.ok(Math.abs(mean(differences) - 0.25428571428571434) < 1e-15);
  assert.ok(Math.abs(standardDeviation(differences)! - 0.20500871061633316) < 1e-15);
  assert.is(signFlipTest(differences), 0.03125);
  assert.is(signFlipTest(differences.map((each) => -each)), 0.03125, 'two-sided');
});

test('with differences that all go one way p is the least there is, and no p is below it', () => {
  for (let pairs = 2; pairs <= 10; pairs += 1) {
    assert.is(signFlipTest(Array.from({ length: pairs }, (_, index) => 1 + index / 10)), smallestP(pairs));
    assert.is(signFlipTest(Array.from({ length: pairs }, () => 0)), 1);
  }
});

test('one pair tells nothing, and what is not a number is not tested', () => {
  assert.is(signFlipTest([3]), undefined);
  assert.is(signFlipTest([3, Infinity]), undefined);
  assert.is(standardDeviation([3]), undefined);
});

test('many pairs are drawn, the same ones every time, near the exact answer', () => {
  const many = Array.from({ length: 20 }, (_, index) => (index % 3 === 0 ? -1 : 1));
  const [drawn, again] = [signFlipTest(many)!, signFlipTest(many)];
  assert.is(drawn, again);
  // 13 against 7 of 20 fair coins, two-sided: 0.2632 (binomial).
  assert.ok(Math.abs(drawn - 0.2632) < 0.02, String(drawn));
  assert.ok(signFlipTest(Array.from({ length: 40 }, () => 1))! > 0);
});

test.run();
