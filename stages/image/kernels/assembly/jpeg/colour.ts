/**
 * Samples to pixels as libjpeg does it: chroma interpolated (jdsample.c: "fancy", h2v1 and h2v2), then YCbCr to RGB
 * (jdcolor.c), 8 pixels at a time.
 */
import { allocate } from '../memory';
import { components, height, width } from './frame';

/** Values before the first sum of a row, so that its neighbour to the left can be read. */
const before: usize = 16;

/** Of three planes → `[height, width, 4]` at `target`; the fourth value is 255. */
export function toPixels(target: usize): void {
  const luma = components[0];
  const across = luma.across, down = luma.down;
  const chromaWidth = (width + across - 1) / across, chromaHeight = (height + down - 1) / down;
  const sums = allocate(before + (<usize>chromaWidth << 1) + 32) + before;
  const blue = allocate(width + 32), red = allocate(width + 32);
  for (let y = 0; y < height; y++) {
    const near = y / down;
    const far = down == 1 ? near : min(max(y & 1 ? near + 1 : near - 1, 0), chromaHeight - 1);
    let blues = components[1].plane + near * components[1].stride, reds = components[2].plane + near * components[2].stride;
    if (across == 2) {
      widen(blues, components[1].plane + far * components[1].stride, chromaWidth, down, sums, blue);
      widen(reds, components[2].plane + far * components[2].stride, chromaWidth, down, sums, red);
      blues = blue;
      reds = red;
    }
    convert(luma.plane + y * luma.stride, blues, reds, target);
    target += width << 2;
  }
}

/** A row of chroma to twice its width: 3/4 of the nearer value and 1/4 of the farther one, in each direction that was halved. */
function widen(near: usize, far: usize, count: i32, down: i32, sums: usize, target: usize): void {
  for (let x = 0; x < count; x += 8) {
    let sum = v128.load8x8_u(near + x);
    if (down == 2) sum = i16x8.add(i16x8.mul(sum, i16x8.splat(3)), v128.load8x8_u(far + x));
    v128.store(sums + (x << 1), sum);
  }
  // At the borders the farther value is the nearer one.
  const end = sums + (count << 1);
  store<i16>(sums - 2, load<i16>(sums));
  store<i16>(end, load<i16>(end - 2));
  const shift = down == 2 ? 4 : 2;
  const toLeft = i16x8.splat(down == 2 ? 8 : 1), toRight = i16x8.splat(down == 2 ? 7 : 2);
  for (; sums < end; sums += 16, target += 16) {
    const sum = i16x8.mul(v128.load(sums), i16x8.splat(3));
    const left = i16x8.shr_u(i16x8.add(i16x8.add(sum, v128.load(sums - 2)), toLeft), shift);
    const right = i16x8.shr_u(i16x8.add(i16x8.add(sum, v128.load(sums + 2)), toRight), shift);
    v128.store(target, v128.or(left, i16x8.shl(right, 8)));
  }
}

/** A row; constants have 16 bits behind their point, and whole parts are added beside them so that 16 bits hold what is left. */
function convert(luma: usize, blues: usize, reds: usize, target: usize): void {
  const middle = i16x8.splat(128);
  for (let x = 0; x < width; x += 8) {
    const y = v128.load8x8_u(luma + x);
    const cb = i16x8.sub(v128.load8x8_u(blues + x), middle);
    const cr = i16x8.sub(v128.load8x8_u(reds + x), middle);
    const red = i16x8.add(i16x8.add(y, cr), weighed(cr, cb, 26345, 0));
    const green = i16x8.add(i16x8.sub(y, cr), weighed(cr, cb, 18734, -22554));
    const blue = i16x8.add(i16x8.add(y, i16x8.add(cb, cb)), weighed(cr, cb, 0, -14942));
    const redGreen = i8x16.narrow_i16x8_u(red, green);
    const blueFourth = i8x16.narrow_i16x8_u(blue, i16x8.splat(255));
    v128.store(target + (x << 2), v128.shuffle<i8>(redGreen, blueFourth, 0, 8, 16, 24, 1, 9, 17, 25, 2, 10, 18, 26, 3, 11, 19, 27));
    v128.store(target + (x << 2), v128.shuffle<i8>(redGreen, blueFourth, 4, 12, 20, 28, 5, 13, 21, 29, 6, 14, 22, 30, 7, 15, 23, 31), 16);
  }
}

@inline
function weighed(cr: v128, cb: v128, byRed: i32, byBlue: i32): v128 {
  const by = i32x4.splat((byRed & 0xffff) | byBlue << 16), half = i32x4.splat(1 << 15);
  const low = i32x4.dot_i16x8_s(v128.shuffle<i16>(cr, cb, 0, 8, 1, 9, 2, 10, 3, 11), by);
  const high = i32x4.dot_i16x8_s(v128.shuffle<i16>(cr, cb, 4, 12, 5, 13, 6, 14, 7, 15), by);
  return i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.add(low, half), 16), i32x4.shr_s(i32x4.add(high, half), 16));
}
