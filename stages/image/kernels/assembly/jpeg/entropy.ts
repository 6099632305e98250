/** The coded coefficients of a baseline JPEG, ITU T.81 annex F.2. */
import { allocate } from '../memory';
import { Component } from './frame';

/** Where the coefficient that is k-th in the file stands in its block. */
const natural: StaticArray<u8> = [
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/** A block takes no more: 64 times a code of 16 bits and a value of 15. */
const blockBytes: usize = 256;

let clean: usize = 0;
let cleanBytes: i32 = 0;
let at: usize = 0;
/** The next bits, the highest first, and how many of them are there. */
let held: u64 = 0;
let heldBits: i32 = 0;

/** Makes ready to read what is coded from `from` on, up to the end of the image; false where something else comes before it. */
export function beginEntropy(from: usize, end: usize): bool {
  clean = allocate(end - from + blockBytes);
  let to = clean;
  for (;;) {
    // Mostly there is no 0xff in 16 bytes.
    while (from + 16 <= end) {
      const bytes = v128.load(from);
      v128.store(to, bytes);
      const marks = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(-1)));
      const free = marks == 0 ? 16 : ctz(marks);
      from += free;
      to += free;
      if (free < 16) break;
    }
    while (from < end && load<u8>(from) != 0xff) store<u8>(to++, load<u8>(from++));
    if (from + 2 > end) return false;
    const marker = load<u8>(from, 1);
    if (marker == 0xd9) break;
    if (marker != 0) return false;
    store<u8>(to++, 0xff);
    from += 2;
  }
  cleanBytes = i32(to - clean);
  memory.fill(to, 0, blockBytes);
  // Words of four bytes, the first one highest.
  for (let word = clean; word < to; word += 16) {
    v128.store(word, v128.swizzle(v128.load(word), i8x16(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)));
  }
  at = clean;
  held = 0;
  heldBits = 0;
  return true;
}

/** Whether all that was there was read, but for the rest of the last byte. */
export function isAtEnd(): bool {
  const bits = (i32(at - clean) << 3) - heldBits;
  return (bits + 7) >> 3 == cleanBytes;
}

/** How many of a block's coefficients there are up to the last one that is not 0. */
export let coefficients: i32 = 0;

/** One block, dequantized, into `[8, 8]` 16-bit values at `block`, which are 0; false where it cannot be read, or is out of range. */
export function readBlock(component: Component, block: usize): bool {
  const quantization = component.quantization;
  let bits = held, count = heldBits, from = at;
  if (count < 32) {
    bits |= <u64>load<u32>(from) << (32 - count);
    count += 32;
    from += 4;
  }
  let found = component.direct!.find(bits);
  if (found == 0) return false;
  let length = found >> 8, size = found & 255;
  if (size > 0) component.predicted += extended(bits << length, size);
  bits <<= length + size;
  count -= length + size;
  let value = component.predicted * quantization[0];
  let range = (component.predicted + 32768) | (value + 32768);
  store<i16>(block, value);

  const alternating = component.alternating!;
  let k = 1, last = 0;
  for (; k < 64; k++) {
    if (count < 32) {
      bits |= <u64>load<u32>(from) << (32 - count);
      count += 32;
      from += 4;
    }
    found = alternating.find(bits);
    if (found == 0) return false;
    length = found >> 8;
    size = found & 15;
    const zeros = found >> 4 & 15;
    k += zeros;
    if (size == 0) {
      bits <<= length;
      count -= length;
      if (zeros != 15) break;
      continue;
    }
    if (k > 63) return false;
    value = extended(bits << length, size) * quantization[k];
    range |= value + 32768;
    store<i16>(block + (<usize>natural[k] << 1), value);
    last = k;
    bits <<= length + size;
    count -= length + size;
  }
  held = bits;
  heldBits = count;
  at = from;
  coefficients = last + 1;
  return (range & ~0xffff) == 0 && i32(from - clean) <= cleanBytes + 8;
}

/** The value of the `size` highest bits, ITU T.81 figure F.12. */
@inline
function extended(bits: u64, size: i32): i32 {
  const value = <i32>(bits >> (64 - size));
  return value - ((~(value << (32 - size)) >> 31) & ((1 << size) - 1));
}
