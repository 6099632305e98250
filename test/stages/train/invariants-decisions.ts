/** All that a seed decides in a training, as one digest a kind. */
import { createHash } from 'node:crypto';
import type { Tensor4D, Tf } from '../../../stages/engine/tf.ts';
import { isFlipped } from '../../../stages/flip/coin.ts';
import { networkWeights } from '../../../stages/model/network-weights.ts';
import { createNetworks, disposeNetworks, networkNames } from '../../../stages/model/networks.ts';
import { randomWindow } from '../../../stages/train/data/augment.ts';
import { pairOrder, type Pairing } from '../../../stages/train/data/pairing.ts';
import { ImagePool } from '../../../stages/train/image-pool.ts';
import { chooseSamples } from '../../../stages/train/samples/choose.ts';
import { chapter, paper, valueOf } from './tiny-training.ts';

/** With seed 1; the same on every engine, machine and Node. */
export const expectedDecisions: Readonly<Record<string, string>> = {
  flip: '404bc54a5cf0c961',
  crop: 'd12b680e12ce6925',
  shuffle: 'abcede247e04e38f',
  random_B: '36a8a02250f74209',
  pool_A: '9e01a7986907c045',
  pool_B: '091c0aad69acc80e',
  samples: '14bf748631416631',
  weights_chapter: '0b0144d3e3f48982',
  weights_paper: '84a56a934d197112',
};

export function decisionsOf(tf: Tf, seed: number): Readonly<Record<string, string>> {
  const places = Array.from({ length: 200 }, (_, place) => place);
  const decisions = {
    flip: places.map((index) => isFlipped(seed, index, 0.5)),
    crop: places.map((place) => randomWindow([20, 24, 3], { crop: [8, 12], flip: 0.5 }, seed, `A ${place}`)),
    shuffle: places.map(pairs('shuffle', seed)),
    random_B: places.map(pairs('random_B', seed)),
    pool_A: poolDecisions(tf, seed, 'A'),
    pool_B: poolDecisions(tf, seed, 'B'),
    samples: chooseSamples('A', 50, 5, seed),
  };
  const digests = Object.entries(decisions).map(([name, values]) => [name, digest(JSON.stringify(values))]);
  return { ...Object.fromEntries(digests), ...initialWeights(tf, seed) } as Record<string, string>;
}

const digest = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex').slice(0, 16);

function pairs(pairing: Pairing, seed: number): (place: number) => unknown {
  const order = pairOrder({ pairing, imagesA: 7, imagesB: 9, batchSize: 1, seed })!;
  return (place) => order.pair(place);
}

/** Which image a discriminator is shown in each iteration: the new one, or the number of an older one. */
function poolDecisions(tf: Tf, seed: number, name: string): readonly number[] {
  const pool = new ImagePool(tf, 5, seed, name);
  const shown = Array.from({ length: 60 }, (_, iteration) => {
    const { image, use } = pool.draw(iteration, [1, 1, 1, 1]);
    const generated = tf.fill([1, 1, 1, 1], iteration) as Tensor4D;
    pool.store(iteration, generated);
    const number = use.dataSync()[0] === 1 ? image.dataSync()[0]! : iteration;
    tf.dispose([image, use, generated]);
    return number;
  });
  pool.dispose();
  return shown;
}

function initialWeights(tf: Tf, seed: number): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries({ chapter, paper }).map(([recipe, params]) => {
    const networks = valueOf(createNetworks(tf, valueOf(params()).params.model, [8, 8, 3], seed));
    const all = networkNames.flatMap((name) => [...networkWeights(networks[name])]);
    const bytes = all.map(([name, variable]) => Buffer.concat([Buffer.from(name), new Uint8Array(Float32Array.from(variable.dataSync()).buffer)]));
    disposeNetworks(networks);
    return [`weights_${recipe}`, digest(Buffer.concat(bytes))];
  }));
}
