/**
 * What stages/image/resample.ts does, in the same integers, 4 or 16 values at a time.
 *
 * A weight has 22 bits behind its point, and a product of two 16-bit vectors is the fastest that there is: so weights come
 * as two halves of 11 bits, w = high · 2^11 + low, two taps at a time.
 */

const precision: i32 = 22;
const half: i32 = 1 << (precision - 1);
const lowBits: i32 = 11;

/**
 * `[height, from, stride]` at `source` → `[height, width, 3]` at `target`. For each of `width` places `starts` has the place
 * of its first tap, and `weights` `pairs` times the high halves of two taps and the low halves of the same two.
 */
export function alongRows(source: usize, height: i32, from: i32, stride: i32, target: usize, width: i32, starts: usize, weights: usize, pairs: i32): void {
  // Two neighbouring pixels, as pairs of the same channel: 16 bits a value.
  const side = stride == 4
    ? i8x16(0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, -1, -1, -1, -1)
    : i8x16(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1);
  const narrow = i8x16(0, 4, 8, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
  for (let y = 0; y < height; y++) {
    let weight = weights;
    for (let x = 0; x < width; x++) {
      let at = source + <usize>load<i32>(starts + (<usize>x << 2)) * stride;
      let high = i32x4.splat(0);
      let low = i32x4.splat(half);
      for (let pair = 0; pair < pairs; pair++) {
        const values = v128.swizzle(v128.load64_zero(at), side);
        high = i32x4.add(high, i32x4.dot_i16x8_s(values, v128.load32_splat(weight)));
        low = i32x4.add(low, i32x4.dot_i16x8_s(values, v128.load32_splat(weight, 4)));
        weight += 8;
        at += 2 * stride;
      }
      const sum = i32x4.shr_u(i32x4.add(i32x4.shl(high, lowBits), low), precision);
      // The fourth byte is the first of the next place.
      v128.store32_lane(target, v128.swizzle(sum, narrow), 0);
      target += 3;
    }
    source += from * stride;
  }
}

/** `[from, row]` at `source` → `[height, row]` at `target`; `starts` and `weights` as for {@link alongRows}. */
export function alongColumns(source: usize, row: i32, target: usize, height: i32, starts: usize, weights: usize, pairs: i32): void {
  const zero = i32x4.splat(0);
  for (let y = 0; y < height; y++) {
    const first = source + <usize>load<i32>(starts + (<usize>y << 2)) * row;
    // What the last vector writes past the end of the row is the beginning of the next one.
    for (let x = 0; x < row; x += 16) {
      let high0 = zero, high1 = zero, high2 = zero, high3 = zero;
      let low0 = i32x4.splat(half), low1 = low0, low2 = low0, low3 = low0;
      let at = first + x;
      let weight = weights;
      for (let pair = 0; pair < pairs; pair++) {
        const one = v128.load(at);
        const other = v128.load(at + row);
        const left = v128.shuffle<i8>(one, other, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        const right = v128.shuffle<i8>(one, other, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        const byHigh = v128.load32_splat(weight);
        const byLow = v128.load32_splat(weight, 4);
        let values = i16x8.extend_low_i8x16_u(left);
        high0 = i32x4.add(high0, i32x4.dot_i16x8_s(values, byHigh));
        low0 = i32x4.add(low0, i32x4.dot_i16x8_s(values, byLow));
        values = i16x8.extend_high_i8x16_u(left);
        high1 = i32x4.add(high1, i32x4.dot_i16x8_s(values, byHigh));
        low1 = i32x4.add(low1, i32x4.dot_i16x8_s(values, byLow));
        values = i16x8.extend_low_i8x16_u(right);
        high2 = i32x4.add(high2, i32x4.dot_i16x8_s(values, byHigh));
        low2 = i32x4.add(low2, i32x4.dot_i16x8_s(values, byLow));
        values = i16x8.extend_high_i8x16_u(right);
        high3 = i32x4.add(high3, i32x4.dot_i16x8_s(values, byHigh));
        low3 = i32x4.add(low3, i32x4.dot_i16x8_s(values, byLow));
        weight += 8;
        at += 2 * row;
      }
      v128.store(target + x, i8x16.narrow_i16x8_u(
        i16x8.narrow_i32x4_u(rounded(high0, low0), rounded(high1, low1)),
        i16x8.narrow_i32x4_u(rounded(high2, low2), rounded(high3, low3)),
      ));
    }
    target += row;
    weights += <usize>pairs << 3;
  }
}

function rounded(high: v128, low: v128): v128 {
  return i32x4.shr_u(i32x4.add(i32x4.shl(high, lowBits), low), precision);
}
