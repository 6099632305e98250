/**
 * zlib's deflate with Z_HUFFMAN_ONLY at its default level and memory, byte for byte (deflate.c: deflate_huff; trees.c): no
 * search for repetitions, only codes for single bytes. RFC 1950, RFC 1951.
 */
import { adler32 } from './adler32';
import { Codes } from './huffman';

/** Symbols a block: zlib's lit_bufsize − 1. */
const blockBytes: i32 = 16383;
const endOfBlock: i32 = 256;
const stored: i32 = 0, fixed: i32 = 1, dynamic: i32 = 2;
/** Lengths of codes that follow one another: the last one 3 to 6 times more, 3 to 10 zeros, 11 to 138 zeros. */
const again: i32 = 16, zeros: i32 = 17, manyZeros: i32 = 18;
const order: StaticArray<i32> = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

const literals = new Codes(286, 15);
const lengthsOfCodes = new Codes(19, 7);
const fixedLiterals = fixedCodes();
/** Two distances of one bit, as zlib has where none occurs. */
const distances: i32 = 2;

function fixedCodes(): Codes {
  const codes = new Codes(288, 15);
  for (let symbol = 0; symbol < 288; symbol++) codes.lengths[symbol] = symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8;
  codes.assignGiven();
  return codes;
}

let target: usize = 0;
let held: u64 = 0;
let heldBits: i32 = 0;

/** As many bytes as {@link deflate} writes at most. */
export function deflateBound(bytes: i32): i32 {
  return bytes + 5 * (bytes / blockBytes + 1) + 16;
}

/** `bytes` at `source` as a zlib stream at `to`; how long that is. */
export function deflate(source: usize, bytes: i32, to: usize): i32 {
  target = to + 2;
  store<u8>(to, 0x78);
  store<u8>(to, 0x01, 1);
  held = 0;
  heldBits = 0;
  const end = source + bytes;
  let from = source;
  // As zlib, which ends with an empty block where the last one was full.
  for (; i32(end - from) >= blockBytes; from += blockBytes) writeBlock(from, blockBytes, 0);
  writeBlock(from, i32(end - from), 1);
  align();
  store<u32>(target, bswap(adler32(source, bytes)));
  return i32(target + 4 - to);
}

function writeBlock(source: usize, bytes: i32, last: i32): void {
  literals.clear();
  count(source, bytes);
  literals.frequencies[endOfBlock] = 1;
  literals.build();
  lengthsOfCodes.clear();
  runsOfLengths(false);
  lengthsOfCodes.build();
  let listed = 18;
  while (listed >= 3 && lengthsOfCodes.lengths[order[listed]] == 0) listed--;
  const described = lengthsOfCodes.bits() + 2 * lengthsOfCodes.frequencies[again] + 3 * lengthsOfCodes.frequencies[zeros] + 7 * lengthsOfCodes.frequencies[manyZeros];
  const asDynamic = (literals.bits() + described + 3 * (listed + 1) + 14 + 3 + 7) >> 3;
  const asFixed = (fixedBits() + 3 + 7) >> 3;
  const best = min(asFixed, asDynamic);
  if (bytes + 4 <= best) {
    writeStored(source, bytes, last);
  } else if (asFixed == best) {
    put((fixed << 1) | last, 3);
    writeSymbols(source, bytes, fixedLiterals);
  } else {
    put((dynamic << 1) | last, 3);
    put(literals.last + 1 - 257, 5);
    put(distances - 1, 5);
    put(listed + 1 - 4, 4);
    for (let rank = 0; rank <= listed; rank++) put(lengthsOfCodes.lengths[order[rank]], 3);
    runsOfLengths(true);
    writeSymbols(source, bytes, literals);
  }
}

/** Two tables in turn: equal bytes often follow one another, and a sum must be stored before it is added to. */
function count(source: usize, bytes: i32): void {
  const counts = changetype<usize>(literals.frequencies);
  const others = changetype<usize>(otherCounts);
  memory.fill(others, 0, 1024);
  const end = source + bytes;
  for (; source + 2 <= end; source += 2) {
    const one = counts + (<usize>load<u8>(source) << 2);
    store<i32>(one, load<i32>(one) + 1);
    const other = others + (<usize>load<u8>(source, 1) << 2);
    store<i32>(other, load<i32>(other) + 1);
  }
  if (source < end) {
    const one = counts + (<usize>load<u8>(source) << 2);
    store<i32>(one, load<i32>(one) + 1);
  }
  for (let at: usize = 0; at < 1024; at += 16) v128.store(counts + at, i32x4.add(v128.load(counts + at), v128.load(others + at)));
}

const otherCounts = new StaticArray<i32>(256);

function fixedBits(): i32 {
  let sum = 0;
  for (let symbol = 0; symbol <= endOfBlock; symbol++) sum += literals.frequencies[symbol] * fixedLiterals.lengths[symbol];
  return sum;
}

/** The lengths of the literals' codes and of the distances', each list by itself, in runs: counted, or written. */
function runsOfLengths(written: bool): void {
  runs(literals.lengths, literals.last, written);
  distanceLengths[0] = distanceLengths[1] = 1;
  runs(distanceLengths, distances - 1, written);
}

const distanceLengths = new StaticArray<i32>(4);

function runs(lengths: StaticArray<i32>, last: i32, written: bool): void {
  let previous = -1;
  for (let symbol = 0; symbol <= last; ) {
    const length = lengths[symbol];
    const most = length == 0 ? 138 : length == previous ? 6 : 7;
    const least = length == 0 || length == previous ? 3 : 4;
    let count = 1;
    while (count < most && symbol + count <= last && lengths[symbol + count] == length) count++;
    symbol += count;
    if (count < least) {
      for (; count > 0; count--) run(length, 0, 0, written);
    } else if (length != 0) {
      if (length != previous) {
        run(length, 0, 0, written);
        count--;
      }
      run(again, count - 3, 2, written);
    } else if (count <= 10) {
      run(zeros, count - 3, 3, written);
    } else {
      run(manyZeros, count - 11, 7, written);
    }
    previous = length;
  }
}

function run(symbol: i32, more: i32, moreBits: i32, written: bool): void {
  if (!written) {
    lengthsOfCodes.frequencies[symbol]++;
    return;
  }
  putCode(lengthsOfCodes.codes[symbol]);
  if (moreBits > 0) put(more, moreBits);
}

function writeStored(source: usize, bytes: i32, last: i32): void {
  put((stored << 1) | last, 3);
  align();
  store<u16>(target, bytes);
  store<u16>(target, ~bytes, 2);
  memory.copy(target + 4, source, bytes);
  target += 4 + bytes;
}

/** Three symbols at a time, of 15 bits at most beside 7 that were left; whole bytes are written each time, without a branch. */
function writeSymbols(source: usize, bytes: i32, codes: Codes): void {
  const table = changetype<usize>(codes.codes);
  flush();
  let bits = held, count = heldBits, to = target;
  const end = source + bytes;
  for (; source + 3 <= end; source += 3) {
    const one = load<u32>(table + (<usize>load<u8>(source) << 2));
    const two = load<u32>(table + (<usize>load<u8>(source, 1) << 2));
    const three = load<u32>(table + (<usize>load<u8>(source, 2) << 2));
    const toTwo = one >> 16, toThree = toTwo + (two >> 16);
    bits |= (<u64>(one & 0xffff) | <u64>(two & 0xffff) << toTwo | <u64>(three & 0xffff) << toThree) << count;
    count += toThree + (three >> 16);
    store<u64>(to, bits);
    to += count >> 3;
    bits >>= count & ~7;
    count &= 7;
  }
  held = bits;
  heldBits = count;
  target = to;
  for (; source < end; source++) putCode(codes.codes[load<u8>(source)]);
  putCode(codes.codes[endOfBlock]);
}

function putCode(code: i32): void {
  put(code & 0xffff, code >> 16);
}

function put(value: i32, bits: i32): void {
  held |= <u64>(<u32>value) << heldBits;
  heldBits += bits;
  if (heldBits >= 32) flush();
}

/** Whole bytes to where they belong; what is left are 7 bits at most. */
function flush(): void {
  store<u64>(target, held);
  target += heldBits >> 3;
  held >>= heldBits & ~7;
  heldBits &= 7;
}

/** To the next whole byte. */
function align(): void {
  flush();
  target += (heldBits + 7) >> 3;
  held = 0;
  heldBits = 0;
}
