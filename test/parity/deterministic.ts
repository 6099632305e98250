/** The numbers of reference.py, drawn anew: weights and images, of which it stores only what comes out. */
import CRC32 from 'crc-32';

/** Numbers in [-1, 1): a linear congruential generator begun at the name's CRC-32. */
export function uniform(name: string, count: number): number[] {
  let state = CRC32.buf(Buffer.from(name)) >>> 0;
  return Array.from({ length: count }, () => {
    state = (1664525 * state + 1013904223) % 2 ** 32;
    return state / 2 ** 31 - 1;
  });
}

export function deterministicWeight(name: string, shape: readonly number[]): Float32Array {
  const numbers = uniform(name, shape.reduce((product, length) => product * length, 1));
  const kind = name.slice(name.lastIndexOf('/') + 1);
  if (kind === 'kernel') {
    const [height, width, inputs, outputs] = shape as [number, number, number, number];
    const limit = Math.sqrt(6 / (height * width * (inputs + outputs)));
    return Float32Array.from(numbers, (u) => u * limit);
  }
  const scaled = kind === 'gamma' || kind === 'moving_variance';
  return Float32Array.from(numbers, (u) => (scaled ? 1 + 0.25 * u : 0.125 * u));
}
