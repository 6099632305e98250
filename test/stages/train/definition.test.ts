import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { trainStage } from '../../../stages/train/definition.ts';
import { chapter, valueOf } from './tiny-training.ts';

const from = (names: readonly string[], overrides: object = {}) => trainStage.continues!(valueOf(chapter({ iterations_per_epoch: 10, epochs: 5, ...overrides })).params, names);

test('it goes on from the newest checkpoint that is not beyond its end', () => {
  assert.equal(from(['iteration-00000030', 'iteration-00000040', 'samples']), { from: 'iteration 40' });
  assert.equal(from(['iteration-00000060', 'iteration-00000050']), { from: 'iteration 50' });
  assert.equal(from(['iteration-00000040'], { on_nan: 'rollback' }), { from: 'iteration 40 at most' });
});

test('where all lie beyond its end it says where they begin; where there is none it starts from nothing', () => {
  assert.equal(from(['iteration-00000070', 'iteration-00000060']), { beyond: 'iteration 60' });
  assert.equal(from(['samples', 'networks']), false);
  assert.equal(from([]), false);
});

test('without iterations_per_epoch only the images tell its end', () => {
  assert.equal(from(['iteration-00000030', 'iteration-00000970'], { iterations_per_epoch: undefined }), { from: 'a checkpoint (the newest: iteration 970)' });
});

test.run();
