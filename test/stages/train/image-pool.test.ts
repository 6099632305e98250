import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadEngine } from '../../../stages/engine/index.ts';
import type { Tensor4D } from '../../../stages/engine/tf.ts';
import { ImagePool } from '../../../stages/train/image-pool.ts';
import { valueOf, wasm } from './tiny-training.ts';

const { tf } = valueOf(await loadEngine(wasm));
const [size, seed] = [3, 0];
type Shape = readonly [number, number, number, number];
const shape = (batch: number): Shape => [batch, 1, 2, 3];

/** Iterations `from` to `to`, whose generated image `i` of an iteration is the number 100 × iteration + i; what was shown. */
function iterate(pool: ImagePool, from: number, to: number, batch = 1): (number | 'new')[][] {
  return Array.from({ length: to - from }, (_, offset) => {
    const iteration = from + offset;
    const { image, use } = pool.draw(iteration, shape(batch));
    const generated = tf.tidy(() => tf.concat(Array.from({ length: batch }, (_, i) => tf.fill([1, 1, 2, 3], 100 * iteration + i) as Tensor4D), 0));
    pool.store(iteration, generated);
    const [images, uses] = [image.dataSync(), use.dataSync()];
    assert.equal(use.shape, [batch, 1, 1, 1]);
    tf.dispose([image, use, generated]);
    return Array.from({ length: batch }, (_, i) => (uses[i] === 1 ? images[i * 6]! : 'new'));
  });
}

test('until it is full every new image enters and is shown; then about half of those shown are from before, each once', () => {
  const pool = new ImagePool(tf, size, seed, 'A');
  const shown = iterate(pool, 0, 400).map(([image]) => image!);
  assert.equal(shown.slice(0, size), ['new', 'new', 'new']);
  const old = shown.filter((image) => image !== 'new');
  assert.ok(old.length > 150 && old.length < 250, `${old.length} of 397`);
  assert.is(new Set(old).size, old.length, 'an image that was shown leaves the pool');
  shown.forEach((image, iteration) => assert.ok(image === 'new' || image < 100 * iteration));
  pool.dispose();
});

test('it continues from its images as if it had never stopped', () => {
  for (const stop of [0, 1, 2, 3, 17]) {
    const [whole, first, second] = [1, 2, 3].map(() => new ImagePool(tf, size, seed, 'A')) as [ImagePool, ImagePool, ImagePool];
    const straight = iterate(whole, 0, 40);
    const before = iterate(first, 0, stop);
    const images = first.images();
    first.dispose();
    second.restore(images);
    images?.dispose();
    assert.equal([...before, ...iterate(second, stop, 40)], straight);
    whole.dispose();
    second.dispose();
  }
});

test('pools of other names and seeds decide otherwise', () => {
  const decisions = ([['A', 0], ['B', 0], ['A', 1]] as const).map(([name, from]) => {
    const pool = new ImagePool(tf, size, from, name);
    const shown = iterate(pool, 0, 60);
    pool.dispose();
    return JSON.stringify(shown);
  });
  assert.is(new Set(decisions).size, 3);
});

test('a batch is shown images from before it alone', () => {
  const pool = new ImagePool(tf, 5, seed, 'A');
  const shown = iterate(pool, 0, 60, 2);
  shown.forEach((images, iteration) => images.forEach((image) => assert.ok(image === 'new' || image < 100 * iteration)));
  assert.ok(shown.flat().some((image) => image !== 'new'));
  assert.is(pool.filled, 5);
  pool.dispose();
});

test('it leaves no tensor behind', () => {
  const before = tf.memory().numTensors;
  const pool = new ImagePool(tf, size, seed, 'A');
  iterate(pool, 0, 10);
  assert.is(tf.memory().numTensors, before + size);
  pool.dispose();
  assert.is(tf.memory().numTensors, before);
});

test.run();
