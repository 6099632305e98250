/** Decoding of one Huffman table, ITU T.81 annex C and F.2.2.3. */

const quickBits: i32 = 9;

export class HuffmanTable {
  /** By the next 9 bits: the symbol, and from bit 8 on the length of its code; 0 where that is longer. */
  private readonly quick: StaticArray<u16> = new StaticArray<u16>(1 << quickBits);
  private readonly symbols: StaticArray<u8> = new StaticArray<u8>(256);
  /** By length: the first 16 bits that are beyond its codes; and what is added to a code to make the place of its symbol. */
  private readonly beyond: StaticArray<u32> = new StaticArray<u32>(17);
  private readonly offsets: StaticArray<i32> = new StaticArray<i32>(17);
  /** What it was last defined by: the files of a set mostly have the same tables. */
  private readonly source: StaticArray<u8> = new StaticArray<u8>(16 + 256);
  private isSound: bool = false;

  /** From `[16]` numbers of codes by length, then `symbols` symbols. False where they are no code. */
  define(at: usize, symbols: i32, isDirect: bool): bool {
    const source = changetype<usize>(this.source);
    if (this.isSound && memory.compare(source, at, 16 + symbols) == 0) return true;
    memory.copy(source, at, 16 + symbols);
    memory.copy(changetype<usize>(this.symbols), at + 16, symbols);
    this.isSound = this.build(isDirect);
    return this.isSound;
  }

  private build(isDirect: bool): bool {
    memory.fill(changetype<usize>(this.quick), 0, 2 << quickBits);
    let code = 0, place = 0;
    for (let length = 1; length <= 16; length++, code <<= 1) {
      this.offsets[length] = place - code;
      for (const last = place + this.source[length - 1]; place < last; place++, code++) {
        if (code >= 1 << length) return false;
        const symbol = this.symbols[place];
        if (isDirect && symbol > 15) return false;
        if (length <= quickBits) this.fill(code, length, symbol);
      }
      this.beyond[length] = code << (16 - length);
    }
    return true;
  }

  private fill(code: i32, length: i32, symbol: u8): void {
    const first = code << (quickBits - length);
    for (let at = first; at < first + (1 << (quickBits - length)); at++) this.quick[at] = <u16>(length << 8 | symbol);
  }

  /** The symbol at the beginning of `bits` (the highest ones come first), and from bit 8 on the length of its code; 0: none. */
  @inline
  find(bits: u64): i32 {
    const entry = this.quick[<i32>(bits >> (64 - quickBits))];
    return entry != 0 ? entry : this.findLong(bits);
  }

  private findLong(bits: u64): i32 {
    const code = <u32>(bits >> 48);
    for (let length = quickBits + 1; length <= 16; length++) {
      if (code < this.beyond[length]) return length << 8 | this.symbols[<i32>(code >> (16 - length)) + this.offsets[length]];
    }
    return 0;
  }
}
