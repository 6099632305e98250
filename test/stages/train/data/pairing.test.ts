import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pairOrder } from '../../../../stages/train/data/pairing.ts';
import type { PairingOptions, PairOrder } from '../../../../stages/train/data/pairing.ts';

const order = (options: Partial<PairingOptions>): PairOrder => {
  const made = pairOrder({ pairing: 'in_order', imagesA: 7, imagesB: 11, batchSize: 1, seed: 0, ...options });
  assert.ok(made);
  return made;
};
const pairs = (made: PairOrder, count: number) => Array.from({ length: count }, (_, place) => made.pair(place));

test('in_order pairs image i with image i, and drops what fills no batch', () => {
  const made = order({ batchSize: 3 });
  assert.is(made.iterationsPerEpoch, 2);
  const once = [0, 1, 2, 3, 4, 5].map((i) => ({ a: i, b: i }));
  assert.equal(pairs(made, 12), [...once, ...once]);
});

test('the order is the same whoever asks, and from wherever training continues', () => {
  for (const pairing of ['in_order', 'random_B', 'shuffle'] as const) {
    for (const seed of [0, 1, 7]) {
      const whole = pairs(order({ pairing, seed }), 60);
      const continued = order({ pairing, seed });
      for (let place = 59; place >= 20; place--) assert.equal(continued.pair(place), whole[place]);
    }
  }
});

test('random_B takes A in order, and B depends on the seed', () => {
  const made = order({ pairing: 'random_B' });
  assert.is(made.iterationsPerEpoch, 11);
  assert.equal(pairs(made, 11).map(({ a }) => a), [0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3]);
  const b = (seed: number) => pairs(order({ pairing: 'random_B', seed }), 200).map((pair) => pair.b);
  assert.not.equal(b(0), b(1));
  assert.equal([...new Set(b(0))].sort((x, y) => x - y), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('shuffle shows every image of a domain once a pass, in another order each pass', () => {
  const made = order({ pairing: 'shuffle' });
  const b = pairs(made, 22).map((pair) => pair.b);
  const [first, second] = [b.slice(0, 11), b.slice(11)];
  for (const pass of [first, second]) assert.equal([...pass].sort((x, y) => x - y), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.not.equal(first, second);
});

test('a capped epoch goes on where the one before ended, so that no image is left out', () => {
  for (const pairing of ['in_order', 'random_B', 'shuffle'] as const) {
    const made = order({ pairing, iterationsPerEpoch: 4 });
    assert.is(made.iterationsPerEpoch, 4);
    assert.is(new Set(pairs(made, 44).map(({ a }) => a)).size, 7);
  }
});

test('without a whole batch there is no order', () => {
  assert.is(pairOrder({ pairing: 'in_order', imagesA: 7, imagesB: 11, batchSize: 8, seed: 0 }), undefined);
  assert.is(pairOrder({ pairing: 'shuffle', imagesA: 7, imagesB: 11, batchSize: 12, seed: 0 }), undefined);
  assert.is(pairOrder({ pairing: 'random_B', imagesA: 0, imagesB: 11, batchSize: 1, seed: 0 }), undefined);
});

test.run();
