import type { Tensor4D, Tf } from '../../engine/tf.ts';
import type { Picture } from '../../image/picture.ts';

/** `[pictures, height, width, channels]` of pictures of one shape, their values carried from [0, 1] to `range`. */
export function pictureBatch(tf: Tf, pictures: readonly Picture[], [low, high]: readonly [number, number]): Tensor4D {
  const { height, width, channels, data } = pictures[0]!;
  const values = new Float32Array(pictures.length * data.length);
  pictures.forEach((picture, k) => {
    for (let i = 0; i < data.length; i++) values[k * data.length + i] = low + (high - low) * picture.data[i]!;
  });
  return tf.tensor4d(values, [pictures.length, height, width, channels]);
}
