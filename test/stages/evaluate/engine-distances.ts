// The distances on one engine: properties, and figures that must be the same on every engine and in every version.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { distancesAcross } from '../../../stages/evaluate/distances.ts';
import type { Distances } from '../../../stages/evaluate/evaluation.ts';
import { randomNetwork } from '../../../stages/evaluate/features/random-network.ts';
import { MeasuredSet } from '../../../stages/evaluate/measured-set.ts';
import { createPicture, mapValues, type Picture } from '../../../stages/image/picture.ts';
import { testEngine } from '../../helpers/test-engine.ts';
import { smoothNoise } from './drawn.ts';

const near = (found: number, expected: number, tolerance: number) => assert.ok(Math.abs(found - expected) <= tolerance * Math.abs(expected), `${found} is not near ${expected}`);

const set = (first: number, roughness: number, count = 12) => Array.from({ length: count }, (_, i) => smoothNoise(first + i, 32, 40, roughness));

export async function distanceTests(backend: 'tensorflow' | 'wasm'): Promise<void> {
  const tf = await testEngine(backend);
  if (!tf) {
    test(`no ${backend}`, () => assert.is(tf, undefined));
    return;
  }
  const network = randomNetwork(tf, 3);
  test.after(() => network.dispose());
  const measured = async (pictures: readonly Picture[]) => {
    const found = new MeasuredSet(pictures.length, pictures[0]!, { features: network, seed: 1 });
    for (let i = 0; i < pictures.length; i += 5) await found.add(pictures.slice(i, i + 5));
    return found;
  };
  const options = { tf, seed: 1, textureDirections: 16, frechet: true, stopped: () => false };
  const between = async (a: readonly Picture[], b: readonly Picture[]): Promise<Distances> =>
    (await distancesAcross(await measured(a), [await measured(b)], options))!.sets[0]!;

  test('features do not depend on what is seen with them, and tell apart colour, contrast and texture', async () => {
    const pictures = set(1, 0.5, 3);
    const together = await network.of(pictures);
    const [alone] = await network.of([pictures[1]!]);
    assert.is(alone!.length, network.dimensions);
    alone!.forEach((value, i) => assert.ok(Math.abs(value - together[1]![i]!) < 1e-5));
    const flat = createPicture(32, 40);
    assert.ok(Math.max(...(await network.of([flat]))[0]!.map((value, i) => Math.abs(value - alone![i]!))) > 0.1);
  });

  test('a perfect translation is where the floor is, its FID 0; a set is nearer to its like than to another', async () => {
    const [smooth, alike, rough] = [set(1, 0.2), set(101, 0.2), set(201, 0.8)];
    const { floor, sets: [same] } = (await distancesAcross(await measured(smooth), [await measured(smooth)], options))!;
    for (const name of ['swd', 'kid', 'kid_error', 'texture_distance'] as const) near(same![name]!, floor[name]!, 1e-4);
    assert.ok(Math.abs(same!.fid!) < 1e-6, `FID ${same!.fid}`);
    const [like, unlike] = [await between(smooth, alike), await between(smooth, rough)];
    for (const name of ['kid', 'fid', 'texture_distance'] as const) assert.ok(like[name]! < unlike[name]! / 3, `${name}: ${like[name]} and ${unlike[name]}`);
    assert.ok(Math.abs(like.kid!) < 4 * like.kid_error!, `KID ${like.kid} ± ${like.kid_error}`);
  });

  test('all are symmetric', async () => {
    const [a, b] = [set(1, 0.3), set(101, 0.6, 9)];
    const [there, back] = [await between(a, b), await between(b, a)];
    for (const name of ['swd', 'kid', 'kid_error', 'fid', 'texture_distance'] as const) near(there[name]!, back[name]!, 1e-4);
  });

  test('SWD does not see the scale of a colour, and sees stripes; KID sees both', async () => {
    const pictures = set(1, 0.6);
    const tinted = pictures.map((picture) => mapValues(picture, (value, i) => (i % 3 === 0 ? 0.2 + 0.4 * value : value)));
    const striped = pictures.map((picture) => mapValues(picture, (value, i) => 0.6 * value + (Math.floor(i / 3) % 4 < 2 ? 0.3 : 0)));
    const [tint, stripes] = [await between(pictures, tinted), await between(pictures, striped)];
    const same = await between(pictures, pictures);
    near(tint.swd, same.swd, 1e-2);
    assert.ok(stripes.swd_levels[0]! > 1.5 * same.swd_levels[0]!, `SWD ${same.swd_levels[0]}, of stripes ${stripes.swd_levels[0]}`);
    for (const { kid, kid_error } of [tint, stripes]) assert.ok(kid! > 3 * kid_error!, `KID ${kid} ± ${kid_error}`);
  });

  test('the mean of the levels is the SWD, and the figures are the same on every engine', async () => {
    const found = await between(set(1, 0.3), set(101, 0.6));
    assert.is(found.swd_levels.length, 2);
    near(found.swd, (found.swd_levels[0]! + found.swd_levels[1]!) / 2, 1e-12);
    const golden = { swd: 83.0692, kid: 31.80426, kid_error: 2.7053, fid: 6.22021, texture_distance: 42.94456 };
    for (const name of ['swd', 'kid', 'kid_error', 'fid', 'texture_distance'] as const) near(found[name]!, golden[name], 1e-3);
  });

  test('when it is stopped it says so, and no tensor is left behind', async () => {
    const [a, b] = [await measured(set(1, 0.3, 4)), await measured(set(9, 0.3, 4))];
    const before = tf.memory().numTensors;
    assert.is(await distancesAcross(a, [b], { ...options, stopped: () => true }), undefined);
    assert.ok(await distancesAcross(a, [b], options));
    assert.is(tf.memory().numTensors, before);
  });

  test.run();
}
