/**
 * What stands before the pixels of a JPEG, ITU T.81 annex B: tables, the frame, the scan. Everything that is not as plain as
 * it can be (progressive, restarts, several scans, 16-bit tables, segments of applications) is refused, and so is whatever
 * libjpeg would complain of: there are decoders for it.
 */
import { HuffmanTable } from './huffman-table';

export class Component {
  /** Blocks of it in a unit, across and down. */
  across: i32 = 1;
  down: i32 = 1;
  /** Quantization, `[64]` in the order of the file. */
  quantization: StaticArray<i32> = new StaticArray<i32>(0);
  direct: HuffmanTable | null = null;
  alternating: HuffmanTable | null = null;
  id: u8 = 0;
  /** The last DC value. */
  predicted: i32 = 0;
  /** Its samples, `[rows, stride]` in whole blocks. */
  plane: usize = 0;
  stride: i32 = 0;
}

export const components: StaticArray<Component> = [new Component(), new Component(), new Component()];
export let height: i32 = 0;
export let width: i32 = 0;

const quantizations: StaticArray<StaticArray<i32>> = [new StaticArray<i32>(64), new StaticArray<i32>(64), new StaticArray<i32>(64), new StaticArray<i32>(64)];
const huffmans: StaticArray<HuffmanTable> = [
  new HuffmanTable(), new HuffmanTable(), new HuffmanTable(), new HuffmanTable(), new HuffmanTable(), new HuffmanTable(), new HuffmanTable(), new HuffmanTable(),
];
/** One bit a table that this file has defined: quantization from bit 0 on, Huffman from bit 8 on. */
let defined: i32 = 0;

const jfif: u32 = 0x4649464a;

/** The address at which the coded pixels begin; 0: refused. */
export function readHeaders(at: usize, end: usize): usize {
  defined = 0;
  height = 0;
  if (end - at < 4 || load<u16>(at) != 0xd8ff) return 0;
  at += 2;
  while (at + 4 <= end && load<u8>(at) == 0xff) {
    const marker = load<u8>(at, 1);
    const from = at + 4;
    const next = at + 2 + word(at + 2);
    if (next < from || next > end) return 0;
    if (marker == 0xda) return readScan(from, next) ? next : 0;
    if (!readSegment(marker, from, next)) return 0;
    at = next;
  }
  return 0;
}

function readSegment(marker: u8, from: usize, next: usize): bool {
  switch (marker) {
    case 0xfe: return true;
    case 0xe0: return next - from >= 14 && load<u32>(from) == jfif && load<u16>(from, 4) == 0x0100;
    case 0xdb: return readQuantizations(from, next);
    case 0xc4: return readHuffmans(from, next);
    case 0xdd: return next - from == 2 && word(from) == 0;
    case 0xc0:
    case 0xc1: return readFrame(from, next);
  }
  return false;
}

function readQuantizations(at: usize, next: usize): bool {
  for (; at + 65 <= next; at += 65) {
    const index = load<u8>(at);
    if (index > 3) return false;
    const table = quantizations[index];
    for (let k: usize = 0; k < 64; k++) table[<i32>k] = load<u8>(at + 1 + k);
    defined |= 1 << index;
  }
  return at == next;
}

function readHuffmans(at: usize, next: usize): bool {
  while (at + 17 <= next) {
    const index = load<u8>(at);
    if ((index & 0xef) > 3) return false;
    const slot = (index & 3) | (index >> 2 & 4);
    let symbols = 0;
    for (let length: usize = 1; length <= 16; length++) symbols += load<u8>(at + length);
    const ends = at + 17 + symbols;
    if (symbols > 256 || ends > next || !huffmans[slot].define(at + 1, symbols, slot < 4)) return false;
    defined |= 256 << slot;
    at = ends;
  }
  return at == next;
}

function readFrame(from: usize, next: usize): bool {
  if (height != 0 || next - from != 15 || load<u8>(from) != 8 || load<u8>(from, 5) != 3) return false;
  height = word(from + 1);
  width = word(from + 3);
  for (let index = 0; index < 3; index++) {
    const component = components[index];
    const entry = from + 6 + index * 3;
    component.id = load<u8>(entry);
    component.across = load<u8>(entry, 1) >> 4;
    component.down = load<u8>(entry, 1) & 15;
    const table = load<u8>(entry, 2);
    // Other names may mean other colours.
    if (component.id != index + 1 || table > 3 || !(defined & 1 << table)) return false;
    component.quantization = quantizations[table];
  }
  const sampling = components[0].across << 4 | components[0].down;
  const chroma = components[1].across << 4 | components[1].down | (components[2].across << 4 | components[2].down) << 8;
  if (height == 0 || width == 0 || chroma != 0x1111) return false;
  // libjpeg repeats the chroma of narrower images, and interpolates that of others.
  return sampling == 0x11 || ((sampling == 0x21 || sampling == 0x22) && width > 4);
}

function readScan(from: usize, next: usize): bool {
  if (height == 0 || next - from != 10 || load<u8>(from) != 3) return false;
  for (let index = 0; index < 3; index++) {
    const component = components[index];
    const tables = load<u8>(from + 2 + index * 2);
    const direct = tables >> 4, alternating = 4 + (tables & 15);
    if (load<u8>(from + 1 + index * 2) != component.id || direct > 3 || alternating > 7) return false;
    if (!(defined & 256 << direct) || !(defined & 256 << alternating)) return false;
    component.direct = huffmans[direct];
    component.alternating = huffmans[alternating];
    component.predicted = 0;
  }
  // All coefficients, in whole.
  return load<u8>(from, 7) == 0 && load<u8>(from, 8) == 63 && load<u8>(from, 9) == 0;
}

function word(at: usize): i32 {
  return load<u8>(at) << 8 | load<u8>(at, 1);
}
