import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { topologicalOrder } from '../../../pipeline/plan/dag.ts';
import type { Node } from '../../../pipeline/plan/dag.ts';
import { randomStream } from '../../../stages/random.ts';

const node = (name: string, ...from: readonly string[]): Node => ({ name, from });

const orderOf = (nodes: readonly Node[]): readonly string[] => topologicalOrder(nodes).map((each) => each.name);

/** An acyclic graph whose nodes stand in random order. */
function randomDag(seed: number): readonly Node[] {
  const random = randomStream(seed, 'dag');
  const size = 1 + random.integer(30);
  const nodes = Array.from({ length: size }, (_, index) => {
    const earlier = Array.from({ length: index }, (_unused, each) => `s${each}`);
    return node(`s${index}`, ...random.shuffle(earlier).slice(0, random.integer(4)));
  });
  return random.shuffle(nodes);
}

test('every stage stands after all that it reads, for 300 random graphs', () => {
  for (let seed = 0; seed < 300; seed += 1) {
    const nodes = randomDag(seed);
    const names = orderOf(nodes);
    assert.equal([...names].sort(), nodes.map((each) => each.name).sort());
    const place = new Map(names.map((name, index) => [name, index]));
    for (const each of nodes) for (const source of each.from) assert.ok(place.get(source)! < place.get(each.name)!);
  }
});

test('an order that serves already is kept', () => {
  for (let seed = 0; seed < 100; seed += 1) {
    const nodes = randomDag(seed);
    const names = orderOf(nodes);
    const byName = new Map(nodes.map((each) => [each.name, each]));
    assert.equal(orderOf(names.map((name) => byName.get(name)!)), names);
  }
  assert.equal(orderOf([node('train', 'resize'), node('b'), node('resize', 'fetch'), node('fetch'), node('a')]), ['b', 'fetch', 'resize', 'train', 'a']);
});

test('a stage may read another twice', () => {
  assert.equal(orderOf([node('b', 'a', 'a'), node('a')]), ['a', 'b']);
});

test('a circle, or a stage that does not exist, is a bug', () => {
  assert.throws(() => topologicalOrder([node('x'), node('a', 'b', 'x'), node('b', 'a')]), /circle/);
  assert.throws(() => topologicalOrder([node('a', 'nothing')]), /does not exist/);
});

test.run();
