/**
 * Convolutions to few channels (7×7 to the image's three), which leave most of a vector unit idle: it computes sixteen
 * channels at once. Four neighbouring pixels of a row, taken as channels of one, make twelve of three, and the same memory.
 */
import type { Tensor4D, Tf } from '../../engine/tf.ts';
import type { NativeCalls } from './native-calls.ts';

/** Pixels taken as one. */
const together = 4;
/** Places along a row that a kernel of up to 8 taps reaches from one. */
const reach = 3;

type Padding = 'same' | 'valid';

/** Where {@link wideConvolution} computes what a direct convolution of stride 1 does, in less time. */
export function takesWide({ shape: [, , width] }: Tensor4D, { shape: [, taps, channels, filters] }: Tensor4D, padding: Padding): boolean {
  const outputs = padding === 'same' ? width : width - taps + 1;
  return filters <= together && channels >= 16 && taps % 2 === 1 && taps > 3 && taps <= 2 * together - 1 && outputs % together === 0;
}

/** Stride 1. What it is made of has gradients of tfjs's own. */
export function wideConvolution(tf: Tf, { constant }: NativeCalls): (x: Tensor4D, kernel: Tensor4D, padding: Padding) => Tensor4D {
  return (x, kernel, padding) => tf.tidy(() => {
    const [batch, height, width, channels] = x.shape;
    const [rows, taps, , filters] = kernel.shape;
    // So many more columns that the last outputs' places are whole.
    const missing = padding === 'same' ? 0 : together * (reach - 1) - (taps - 1);
    const whole = missing === 0 ? x : tf.pad(x, [[0, 0], [0, 0], [0, missing], [0, 0]]);
    const places = tf.reshape(whole, [batch, height, (width + missing) / together, together * channels]);
    // [tap, row, channel, filter] → [place, from, to, row, channel, filter] → [row, place, from, channel, to, filter]
    const byTap = tf.reshape(tf.transpose(kernel, [1, 0, 2, 3]), [taps, rows * channels * filters]);
    const moved = tf.reshape(tf.matMul(constant([reach * together ** 2, taps], tapOf(taps, padding)), byTap), [reach, together, together, rows, channels, filters]);
    const wide = tf.reshape(tf.transpose(moved, [3, 0, 1, 4, 2, 5]), [rows, reach, together * channels, together * filters]);
    const y = tf.conv2d(places as Tensor4D, wide as Tensor4D, 1, padding);
    return tf.reshape(y, [batch, y.shape[1], y.shape[2] * together, filters]);
  });
}

/** `[place · from · to, tap]`: 1 where pixel `from` of a place is what pixel `to` of the output takes by this tap. */
function tapOf(taps: number, padding: Padding): number[] {
  const before = padding === 'same' ? (taps - 1) / 2 - together : 0;
  const count = reach * together ** 2;
  return Array.from({ length: count * taps }, (_, index) => {
    const [tap, move] = [index % taps, Math.floor(index / taps)];
    const [to, from] = [move % together, Math.floor(move / together)];
    return from - to + before === tap ? 1 : 0;
  });
}
