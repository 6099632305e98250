import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lastUsefulEpoch, learningRateAt } from '../../../stages/train/learning-rate.ts';

const paper = { constant_epochs: 100, decay_epochs: 100 };

test('without a schedule the rate never changes', () => {
  for (const epoch of [1, 100, 1e6]) assert.is(learningRateAt(epoch, 2e-4, undefined), 2e-4);
});

test('the paper: constant for 100 epochs, then equal steps that would reach 0 after the 200th', () => {
  for (const epoch of [1, 50, 100]) assert.is(learningRateAt(epoch, 2e-4, paper), 2e-4);
  for (let epoch = 101; epoch <= 200; epoch++) {
    const step = learningRateAt(epoch - 1, 2e-4, paper) - learningRateAt(epoch, 2e-4, paper);
    assert.ok(Math.abs(step - 2e-4 / 101) < 1e-12);
    assert.ok(learningRateAt(epoch, 2e-4, paper) > 0);
  }
  assert.is(learningRateAt(201, 2e-4, paper), 0);
  assert.is(learningRateAt(300, 2e-4, paper), 0);
  assert.is(lastUsefulEpoch(paper), 200);
});

test.run();
