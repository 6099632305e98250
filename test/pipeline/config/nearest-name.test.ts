import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { didYouMean, nearestName } from '../../../pipeline/config/nearest-name.ts';

const known = ['epochs', 'sample_every', 'checkpoint_every', 'from', 'url'];

test('a slip finds what was meant', () => {
  for (const [name, meant] of [['epocs', 'epochs'], ['Epochs', 'epochs'], ['sampleEvery', 'sample_every'], ['sample-every', 'sample_every'], ['form', 'from'], ['ulr', 'url']] as const) {
    assert.is(nearestName(name, known), meant, name);
  }
});

test('what is near to nothing finds nothing', () => {
  for (const name of ['batch', 'x', '', 'optimizer']) assert.is(nearestName(name, known), undefined, name);
  assert.is(nearestName('epochs', []), undefined);
});

test('every long name is found with any one letter left out', () => {
  for (const name of known.filter(({ length }) => length > 3)) {
    for (let at = 0; at < name.length; at++) assert.is(nearestName(name.slice(0, at) + name.slice(at + 1), known), name);
  }
});

test('it is asked as a question', () => {
  assert.is(didYouMean('epoch', known), 'did you mean "epochs"?');
  assert.is(didYouMean('zzzzzz', known), undefined);
});

test.run();
