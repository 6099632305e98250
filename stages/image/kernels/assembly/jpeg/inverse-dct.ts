/**
 * libjpeg's accurate inverse DCT in integers (jidctint.c), 8 values at a time: its products and sums, put together as sums of
 * two products each. Constants have 13 bits behind their point, what the first pass leaves has 2.
 */

const firstShift: i32 = 11;
const secondShift: i32 = 18;

/** Set where a value was beyond what libjpeg's table for clipping has, or what 16 bits hold: then the pixels are not its own. */
let strange: v128 = i64x2.splat(0);

export function forgetStrange(): void {
  strange = i64x2.splat(0);
}

export function wasStrange(): bool {
  return v128.any_true(strange);
}

let row0: v128 = i64x2.splat(0), row1: v128 = row0, row2: v128 = row0, row3: v128 = row0;
let row4: v128 = row0, row5: v128 = row0, row6: v128 = row0, row7: v128 = row0;

/** `[8, 8]` 16-bit coefficients at `block` → samples at `target`, rows `stride` bytes apart. */
export function inverseDct(block: usize, target: usize, stride: i32): void {
  row0 = v128.load(block);
  row1 = v128.load(block, 16);
  row2 = v128.load(block, 32);
  row3 = v128.load(block, 48);
  row4 = v128.load(block, 64);
  row5 = v128.load(block, 80);
  row6 = v128.load(block, 96);
  row7 = v128.load(block, 112);
  pass(firstShift);
  strange = v128.or(strange, v128.or(v128.or(v128.or(full(row0), full(row1)), v128.or(full(row2), full(row3))), v128.or(v128.or(full(row4), full(row5)), v128.or(full(row6), full(row7)))));
  transpose();
  pass(secondShift);
  strange = v128.or(strange, v128.or(v128.or(v128.or(far(row0), far(row1)), v128.or(far(row2), far(row3))), v128.or(v128.or(far(row4), far(row5)), v128.or(far(row6), far(row7)))));
  transpose();
  storeTwo(row0, row1, target, stride);
  storeTwo(row2, row3, target + 2 * stride, stride);
  storeTwo(row4, row5, target + 4 * stride, stride);
  storeTwo(row6, row7, target + 6 * stride, stride);
}

/** The same where all but the first coefficient are 0. */
export function inverseDctOfOne(block: usize, target: usize, stride: i32): void {
  const value = i16x8.splat(<i16>(((<i32>load<i16>(block) << 2) + 16) >> 5));
  strange = v128.or(strange, far(value));
  for (let y = 0; y < 8; y += 2, target += 2 * stride) storeTwo(value, value, target, stride);
}

@inline
function full(values: v128): v128 {
  return v128.or(i16x8.eq(values, i16x8.splat(32767)), i16x8.eq(values, i16x8.splat(-32768)));
}

@inline
function far(values: v128): v128 {
  return i16x8.gt_s(i16x8.abs(values), i16x8.splat(511));
}

@inline
function storeTwo(one: v128, other: v128, target: usize, stride: i32): void {
  const middle = i16x8.splat(128);
  const samples = i8x16.narrow_i16x8_u(i16x8.add(one, middle), i16x8.add(other, middle));
  v128.store64_lane(target, samples, 0);
  v128.store64_lane(target + stride, samples, 1);
}

@inline
function low(one: v128, other: v128): v128 {
  return v128.shuffle<i16>(one, other, 0, 8, 1, 9, 2, 10, 3, 11);
}

@inline
function high(one: v128, other: v128): v128 {
  return v128.shuffle<i16>(one, other, 4, 12, 5, 13, 6, 14, 7, 15);
}

@inline
function pair(one: i32, other: i32): v128 {
  return i32x4.splat((one & 0xffff) | other << 16);
}

/** Along the columns of all eight rows. */
@inline
function pass(shift: i32): void {
  halfPass(low(row0, row4), low(row2, row6), low(row7, row5), low(row3, row1), shift);
  const left0 = sum0, left1 = sum1, left2 = sum2, left3 = sum3, left4 = sum4, left5 = sum5, left6 = sum6, left7 = sum7;
  halfPass(high(row0, row4), high(row2, row6), high(row7, row5), high(row3, row1), shift);
  row0 = i16x8.narrow_i32x4_s(left0, sum0);
  row1 = i16x8.narrow_i32x4_s(left1, sum1);
  row2 = i16x8.narrow_i32x4_s(left2, sum2);
  row3 = i16x8.narrow_i32x4_s(left3, sum3);
  row4 = i16x8.narrow_i32x4_s(left4, sum4);
  row5 = i16x8.narrow_i32x4_s(left5, sum5);
  row6 = i16x8.narrow_i32x4_s(left6, sum6);
  row7 = i16x8.narrow_i32x4_s(left7, sum7);
}

let sum0: v128 = i64x2.splat(0), sum1: v128 = sum0, sum2: v128 = sum0, sum3: v128 = sum0;
let sum4: v128 = sum0, sum5: v128 = sum0, sum6: v128 = sum0, sum7: v128 = sum0;

/** Four columns, as pairs of rows: 0 and 4, 2 and 6, 7 and 5, 3 and 1. */
@inline
function halfPass(zeroFour: v128, twoSix: v128, sevenFive: v128, threeOne: v128, shift: i32): void {
  const rounding = i32x4.splat(1 << (shift - 1));
  const plus = i32x4.add(i32x4.dot_i16x8_s(zeroFour, pair(8192, 8192)), rounding);
  const minus = i32x4.add(i32x4.dot_i16x8_s(zeroFour, pair(8192, -8192)), rounding);
  const two = i32x4.dot_i16x8_s(twoSix, pair(4433, -10704));
  const three = i32x4.dot_i16x8_s(twoSix, pair(10703, 4433));
  const even0 = i32x4.add(plus, three), even3 = i32x4.sub(plus, three);
  const even1 = i32x4.add(minus, two), even2 = i32x4.sub(minus, two);
  const odd0 = i32x4.add(i32x4.dot_i16x8_s(sevenFive, pair(-11363, 9633)), i32x4.dot_i16x8_s(threeOne, pair(-6436, 2260)));
  const odd1 = i32x4.add(i32x4.dot_i16x8_s(sevenFive, pair(9633, 2261)), i32x4.dot_i16x8_s(threeOne, pair(-11362, 6437)));
  const odd2 = i32x4.add(i32x4.dot_i16x8_s(sevenFive, pair(-6436, -11362)), i32x4.dot_i16x8_s(threeOne, pair(-2259, 9633)));
  const odd3 = i32x4.add(i32x4.dot_i16x8_s(sevenFive, pair(2260, 6437)), i32x4.dot_i16x8_s(threeOne, pair(9633, 11363)));
  sum0 = i32x4.shr_s(i32x4.add(even0, odd3), shift);
  sum7 = i32x4.shr_s(i32x4.sub(even0, odd3), shift);
  sum1 = i32x4.shr_s(i32x4.add(even1, odd2), shift);
  sum6 = i32x4.shr_s(i32x4.sub(even1, odd2), shift);
  sum2 = i32x4.shr_s(i32x4.add(even2, odd1), shift);
  sum5 = i32x4.shr_s(i32x4.sub(even2, odd1), shift);
  sum3 = i32x4.shr_s(i32x4.add(even3, odd0), shift);
  sum4 = i32x4.shr_s(i32x4.sub(even3, odd0), shift);
}

@inline
function transpose(): void {
  const a0 = low(row0, row4), a1 = high(row0, row4), a2 = low(row1, row5), a3 = high(row1, row5);
  const a4 = low(row2, row6), a5 = high(row2, row6), a6 = low(row3, row7), a7 = high(row3, row7);
  const b0 = low(a0, a4), b1 = high(a0, a4), b2 = low(a1, a5), b3 = high(a1, a5);
  const b4 = low(a2, a6), b5 = high(a2, a6), b6 = low(a3, a7), b7 = high(a3, a7);
  row0 = low(b0, b4);
  row1 = high(b0, b4);
  row2 = low(b1, b5);
  row3 = high(b1, b5);
  row4 = low(b2, b6);
  row5 = high(b2, b6);
  row6 = low(b3, b7);
  row7 = high(b3, b7);
}
