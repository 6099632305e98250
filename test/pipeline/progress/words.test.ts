import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bytesText, doneText, durationText, figureText, rateText } from '../../../pipeline/progress/words.ts';

test('durations', () => {
  const written = [0, 0.04, 0.44, 9.94, 9.96, 59.4, 59.6, 61, 3599.6, 7500, 86_400, 100_000].map(durationText);
  assert.equal(written, ['0 ms', '40 ms', '0.4 s', '9.9 s', '10 s', '59 s', '1 min', '1 min 1 s', '1 h', '2 h 5 min', '1 d', '1 d 4 h']);
});

test('sizes', () => {
  assert.equal([0, 999, 1000, 1234, 9_960, 999_499, 999_600, 305_231_073].map(bytesText), ['0 B', '999 B', '1.0 kB', '1.2 kB', '10 kB', '999 kB', '1.0 MB', '305 MB']);
});

test('a duration is never written with 60 of a smaller unit', () => {
  for (let seconds = 0; seconds < 200_000; seconds += 7.3) assert.not.match(durationText(seconds), /\b(60 s|60 min|24 h)\b/);
});

test('counts, rates and figures', () => {
  assert.is(doneText({ done: 12, total: 60_500, unit: 'iterations' }), '12 of 60,500 iterations');
  assert.is(doneText({ done: 3_100_000, unit: 'bytes' }), '3.1 MB');
  assert.is(rateText(1.234, 'iterations'), '1.23 iterations/s');
  assert.is(rateText(1 / 39, 'iterations'), '39 s/iteration');
  assert.is(rateText(2799.6, 'files'), '2,800 files/s');
  assert.equal([0.0302704, 1 / 3, 1234.56, NaN].map(figureText), ['0.03027', '0.3333', '1235', 'NaN']);
});

test.run();
