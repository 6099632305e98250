/**
 * Huffman codes as zlib makes them (trees.c: build_tree, gen_bitlen, gen_codes), tie for tie and overflow for overflow, so that
 * what is written with them has zlib's bytes.
 */

/** zlib's HEAP_SIZE: 286 leaves (literals, the end of a block, lengths) and what joins them. */
const nodes: i32 = 573;
const longest: i32 = 15;

/**
 * Of each node one number: from bit 15 on how often it occurs, from bit 10 on how deep the tree below it is, then the node. A
 * block has fewer than 2^15 symbols, which makes no tree deeper than 21.
 */
const heap = new StaticArray<u32>(nodes);
const byFrequency: u32 = 15;
const byNode: u32 = 10;
const dad = new StaticArray<i32>(nodes);
/** The nodes in the order in which they were joined, the last first. */
const joined = new StaticArray<i32>(nodes);
const ofLength = new StaticArray<i32>(longest + 1);
const nextCode = new StaticArray<i32>(longest + 1);
let heapLength: i32 = 0;
let joinedTop: i32 = nodes;

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
    for (let at = heapLength >> 1; at >= 1; at--) sift(at, heap[at]);
    let node = this.symbols;
    do {
      const one = heap[1];
      sift(1, heap[heapLength--]);
      const other = heap[1];
      joined[--joinedTop] = nodeOf(one);
      joined[--joinedTop] = nodeOf(other);
      dad[nodeOf(one)] = dad[nodeOf(other)] = node;
      sift(1, (((one >> byFrequency) + (other >> byFrequency)) << byFrequency) | ((max(depthOf(one), depthOf(other)) + 1) << byNode) | node++);
    } while (heapLength >= 2);
    joined[--joinedTop] = nodeOf(heap[1]);
    this.measure();
    this.assign();
  }

  private collect(): void {
    heapLength = 0;
    joinedTop = nodes;
    this.last = -1;
    for (let symbol = 0; symbol < this.symbols; symbol++) {
      this.lengths[symbol] = 0;
      if (this.frequencies[symbol] == 0) continue;
      this.last = symbol;
      heap[++heapLength] = (this.frequencies[symbol] << byFrequency) | symbol;
    }
    while (heapLength < 2) {
      const symbol = this.last < 2 ? ++this.last : 0;
      this.frequencies[symbol] = 1;
      heap[++heapLength] = (1 << byFrequency) | symbol;
    }
  }

  /** Lengths from the tree; where one is beyond the limit, others become longer. */
  private measure(): void {
    memory.fill(changetype<usize>(ofLength), 0, (longest + 1) << 2);
    let overflow = 0;
    this.lengths[joined[joinedTop]] = 0;
    for (let at = joinedTop + 1; at < nodes; at++) {
      const node = joined[at];
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
        const node = joined[--at];
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

function nodeOf(entry: u32): i32 {
  return entry & ((1 << byNode) - 1);
}

function depthOf(entry: u32): u32 {
  return (entry >> byNode) & ((1 << (byFrequency - byNode)) - 1);
}

/** Puts `moved` where it belongs at or below `at`. Which nodes they are decides nothing, as in zlib. */
function sift(at: i32, moved: u32): void {
  const last = heapLength;
  // Never chosen: so the smaller child is found without a branch, which no processor could foresee.
  heap[last + 1] = u32.MAX_VALUE;
  for (let child = at << 1; child <= last; child <<= 1) {
    child += i32(heap[child + 1] >> byNode <= heap[child] >> byNode);
    const rising = heap[child];
    if (moved >> byNode <= rising >> byNode) break;
    heap[at] = rising;
    at = child;
  }
  heap[at] = moved;
}

function reversed(code: i32, length: i32): i32 {
  let result = 0;
  for (; length > 0; length--, code >>= 1) result = (result << 1) | (code & 1);
  return result;
}
