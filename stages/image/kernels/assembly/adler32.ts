/** The checksum of a zlib stream, RFC 1950: two sums modulo 65521, 16 bytes at a time. */

const base: u64 = 65521;
/** So many vectors that no lane overflows. */
const mostVectors: i32 = 347;

export function adler32(source: usize, bytes: i32): u32 {
  let one: u64 = 1, other: u64 = 0;
  let vectors = bytes >> 4;
  while (vectors > 0) {
    const now = min(vectors, mostVectors);
    let sums = i32x4.splat(0), before = sums, weighted = sums;
    for (const end = source + (now << 4); source < end; source += 16) {
      const values = v128.load(source);
      before = i32x4.add(before, sums);
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(values)));
      weighted = i32x4.add(weighted, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(values), i16x8(16, 15, 14, 13, 12, 11, 10, 9)));
      weighted = i32x4.add(weighted, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(values), i16x8(8, 7, 6, 5, 4, 3, 2, 1)));
    }
    other = (other + one * (now << 4) + 16 * total(before) + total(weighted)) % base;
    one = (one + total(sums)) % base;
    vectors -= now;
  }
  for (const end = source + (bytes & 15); source < end; source++) {
    one += load<u8>(source);
    other += one;
  }
  return u32((other % base) << 16 | one % base);
}

function total(lanes: v128): u64 {
  return <u64>i32x4.extract_lane(lanes, 0) + i32x4.extract_lane(lanes, 1) + i32x4.extract_lane(lanes, 2) + i32x4.extract_lane(lanes, 3);
}
