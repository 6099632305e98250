/**
 * Huffman codes as zlib makes them (trees.c: build_tree, gen_bitlen, gen_codes), tie for tie and overflow for overflow, so that
 * what is written with them has zlib's bytes.
 */

/** zlib's HEAP_SIZE: 286 leaves (literals, the end of a block, lengths) and what joins them. */
const nodes: i32 = 573;
const longest: i32 = 15;

const heap = new StaticArray<i32>(nodes);
const dad = new StaticArray<i32>(nodes);
const depth = new StaticArray<i32>(nodes);
const ofLength = new StaticArray<i32>(longest + 1);
const nextCode = new StaticArray<i32>(longest + 1);
let heapLength: i32 = 0;
let heapTop: i32 = nodes;

/** The symbols of an alphabet, with how often each occurs and what becomes of it. */
export class Codes {
  readonly frequencies: StaticArray<i32> = new StaticArray<i32>(nodes);
  /** Bits a symbol; 0: it does not occur. */
  readonly lengths: StaticArray<i32> = new StaticArray<i32>(nodes);
  /** As they are written, the first bit lowest; the length stands from bit 16 on. */
  readonly codes: StaticArray<i32> = new StaticArray<i32>(nodes);
  /** The last symbol that occurs. */
  last: i32 = -1;

  constructor(readonly symbols: i32, readonly limit: i32) {}

  clear(): void {
    memory.fill(changetype<usize>(this.frequencies), 0, <usize>this.symbols << 2);
  }

  /** How many bits the symbols take, all together. */
  bits(): i32 {
    let sum = 0;
    for (let symbol = 0; symbol <= this.last; symbol++) sum += this.frequencies[symbol] * this.lengths[symbol];
    return sum;
  }

  /** Lengths and codes from the frequencies. A code has two symbols at least: where fewer occur, the first ones are counted in. */
  build(): void {
    this.collect();
    for (let at = heapLength >> 1; at >= 1; at--) this.sift(at);
    let node = this.symbols;
    do {
      const one = heap[1];
      heap[1] = heap[heapLength--];
      this.sift(1);
      const other = heap[1];
      heap[--heapTop] = one;
      heap[--heapTop] = other;
      this.frequencies[node] = this.frequencies[one] + this.frequencies[other];
      depth[node] = max(depth[one], depth[other]) + 1;
      dad[one] = dad[other] = node;
      heap[1] = node++;
      this.sift(1);
    } while (heapLength >= 2);
    heap[--heapTop] = heap[1];
    this.measure();
    this.assign();
  }

  private collect(): void {
    heapLength = 0;
    heapTop = nodes;
    this.last = -1;
    for (let symbol = 0; symbol < this.symbols; symbol++) {
      this.lengths[symbol] = 0;
      if (this.frequencies[symbol] == 0) continue;
      heap[++heapLength] = this.last = symbol;
      depth[symbol] = 0;
    }
    while (heapLength < 2) {
      const symbol = this.last < 2 ? ++this.last : 0;
      heap[++heapLength] = symbol;
      this.frequencies[symbol] = 1;
      depth[symbol] = 0;
    }
  }

  private isLess(one: i32, other: i32): bool {
    const left = this.frequencies[one], right = this.frequencies[other];
    return left < right || (left == right && depth[one] <= depth[other]);
  }

  private sift(at: i32): void {
    const moved = heap[at];
    for (let child = at << 1; child <= heapLength; child <<= 1) {
      if (child < heapLength && this.isLess(heap[child + 1], heap[child])) child++;
      if (this.isLess(moved, heap[child])) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = moved;
  }

  /** Lengths from the tree; where one is beyond the limit, others become longer. */
  private measure(): void {
    memory.fill(changetype<usize>(ofLength), 0, (longest + 1) << 2);
    let overflow = 0;
    this.lengths[heap[heapTop]] = 0;
    for (let at = heapTop + 1; at < nodes; at++) {
      const node = heap[at];
      let length = this.lengths[dad[node]] + 1;
      if (length > this.limit) {
        length = this.limit;
        overflow++;
      }
      this.lengths[node] = length;
      if (node <= this.last) ofLength[length]++;
    }
    if (overflow > 0) this.shorten(overflow);
  }

  private shorten(overflow: i32): void {
    do {
      let length = this.limit - 1;
      while (ofLength[length] == 0) length--;
      ofLength[length]--;
      ofLength[length + 1] += 2;
      ofLength[this.limit]--;
      overflow -= 2;
    } while (overflow > 0);
    let at = nodes;
    for (let length = this.limit; length != 0; length--) {
      for (let left = ofLength[length]; left > 0; ) {
        const node = heap[--at];
        if (node > this.last) continue;
        this.lengths[node] = length;
        left--;
      }
    }
  }

  /** Codes from the lengths. */
  private assign(): void {
    let code = 0;
    ofLength[0] = 0;
    for (let length = 1; length <= longest; length++) {
      code = (code + ofLength[length - 1]) << 1;
      nextCode[length] = code;
    }
    for (let symbol = 0; symbol <= this.last; symbol++) {
      const length = this.lengths[symbol];
      if (length > 0) this.codes[symbol] = reversed(nextCode[length]++, length) | (length << 16);
    }
  }

  /** Codes from lengths that are given, `[symbols]`. */
  assignGiven(): void {
    memory.fill(changetype<usize>(ofLength), 0, (longest + 1) << 2);
    this.last = this.symbols - 1;
    for (let symbol = 0; symbol < this.symbols; symbol++) ofLength[this.lengths[symbol]]++;
    this.assign();
  }
}

function reversed(code: i32, length: i32): i32 {
  let result = 0;
  for (; length > 0; length--, code >>= 1) result = (result << 1) | (code & 1);
  return result;
}
