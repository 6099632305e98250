import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { randomStream } from '../../stages/random.ts';

const draw = (seed: number, name: string, n = 1000) => {
  const stream = randomStream(seed, name);
  return Array.from({ length: n }, () => stream.next());
};

test('a stream is a function of seed and name alone', () => {
  for (const seed of [0, 1, 2, 4294967295]) assert.equal(draw(seed, 'flip'), draw(seed, 'flip'));
});

test('golden values: an upgrade may not move them', () => {
  const stream = randomStream(0, 'flip');
  assert.equal([stream.next(), stream.integer(1000), stream.normal()], [0.35776336085768323, 434, 0.3892186252436325]);
});

test('streams of other names or seeds are uncorrelated', () => {
  const streams = [draw(0, 'flip'), draw(1, 'flip'), draw(0, 'pool'), draw(0, 'flip 0'), draw(0, 'flip 1'), draw(10, 'flip')];
  for (const [i, one] of streams.entries()) {
    for (const other of streams.slice(i + 1)) {
      const covariance = one.reduce((sum, value, n) => sum + (value - 0.5) * (other[n]! - 0.5), 0) / one.length;
      assert.ok(Math.abs(covariance * 12) < 0.15, `correlation ${covariance * 12}`);
    }
  }
});

test('next is uniform in [0, 1), integer in [0, n), normal has mean 0 and variance 1', () => {
  const stream = randomStream(7, 'moments');
  const uniform = Array.from({ length: 20000 }, () => stream.next());
  assert.ok(uniform.every((value) => value >= 0 && value < 1));
  assert.ok(Math.abs(mean(uniform) - 0.5) < 0.01);
  const counts = Array.from({ length: 7 }, () => 0);
  for (let i = 0; i < 7000; i++) counts[stream.integer(7)]!++;
  assert.ok(counts.every((count) => Math.abs(count - 1000) < 150), counts.join());
  const normal = Array.from({ length: 20000 }, () => stream.normal());
  assert.ok(Math.abs(mean(normal)) < 0.03);
  assert.ok(Math.abs(mean(normal.map((value) => value * value)) - 1) < 0.05);
  assert.throws(() => stream.integer(0), /nothing to draw/);
});

test('shuffle keeps all items, leaves its argument alone and reaches every order', () => {
  const items = [1, 2, 3];
  const orders = new Set<string>();
  for (let seed = 0; seed < 200; seed++) {
    const shuffled = randomStream(seed, 'order').shuffle(items);
    assert.equal([...shuffled].sort(), items);
    orders.add(shuffled.join(''));
  }
  assert.is(orders.size, 6);
  assert.equal(items, [1, 2, 3]);
});

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test.run();
