/** The numbers of reference/deterministic.py, drawn anew: weights and images, of which the goldens store only what comes out. */
import CRC32 from 'crc-32';

/** What a name is drawn by: each seed gives other weights and images. */
export const seeded = (seed: number, name: string): string => (seed === 1 ? name : `seed ${seed}/${name}`);

/** Numbers in [-1, 1): a linear congruential generator begun at the name's CRC-32. */
export function uniform(name: string, shape: readonly number[]): Float32Array {
  let state = CRC32.buf(Buffer.from(name)) >>> 0;
  return Float32Array.from({ length: shape.reduce((product, length) => product * length, 1) }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Kernels within Glorot's limit, scales around 1, the rest around 0: nothing is at the value it begins training with. */
export function deterministicWeight(name: string, shape: readonly number[]): Float32Array {
  const numbers = uniform(name, shape);
  const kind = name.slice(name.lastIndexOf('/') + 1);
  if (kind === 'kernel') {
    const [height, width, inputs, outputs] = shape as [number, number, number, number];
    const limit = Math.sqrt(6 / (height * width * (inputs + outputs)));
    return numbers.map((u) => u * limit);
  }
  const scaled = kind === 'gamma' || kind === 'moving_variance';
  return numbers.map((u) => (scaled ? 1 + 0.25 * u : 0.125 * u));
}
