import { createPicture, type Picture } from '../image/picture.ts';
import type { Colour } from './colour.ts';

/** A square picture that is painted from back to front. Places are [0, 1] from the left and from the top. */
export class Canvas {
  readonly picture: Picture;
  readonly side: number;

  constructor(side: number) {
    this.side = side;
    this.picture = createPicture(side, side);
  }

  /** The middle of pixel `index`, as a place. */
  place(index: number): number {
    return (index + 0.5) / this.side;
  }

  get(x: number, y: number): Colour {
    const at = (y * this.side + x) * 3;
    const { data } = this.picture;
    return [data[at]!, data[at + 1]!, data[at + 2]!];
  }

  set(x: number, y: number, colour: Colour): void {
    const at = (y * this.side + x) * 3;
    const { data } = this.picture;
    data[at] = colour[0];
    data[at + 1] = colour[1];
    data[at + 2] = colour[2];
  }

  /** Paints a pixel with `colour`, covering what was there by `cover` (0 … 1); pixels outside are ignored. */
  cover(x: number, y: number, colour: Colour, cover: number): void {
    if (x < 0 || y < 0 || x >= this.side || y >= this.side || cover <= 0) return;
    const at = (y * this.side + x) * 3;
    const { data } = this.picture;
    for (let c = 0; c < 3; c++) data[at + c]! += (colour[c]! - data[at + c]!) * Math.min(1, cover);
  }

  /** Paints the rows `from` … `to` (places) by a function of the place, asked once for every `block` × `block` pixels. */
  fill(from: number, to: number, colourAt: (u: number, v: number) => Colour, block = 1): void {
    const last = Math.min(this.side, Math.ceil(to * this.side));
    for (let top = Math.max(0, Math.floor(from * this.side)); top < last; top += block) {
      for (let left = 0; left < this.side; left += block) this.fillBlock(top, left, block, colourAt);
    }
  }

  private fillBlock(top: number, left: number, block: number, colourAt: (u: number, v: number) => Colour): void {
    const colour = colourAt((left + block / 2) / this.side, (top + block / 2) / this.side);
    for (let y = top; y < Math.min(this.side, top + block); y++) {
      for (let x = left; x < Math.min(this.side, left + block); x++) this.set(x, y, colour);
    }
  }
}
