/** The lines of a PNG with filter Sub, as stages/image/plain-png.ts writes them. https://www.w3.org/TR/png-3/#9Filters */

const sub: u8 = 1;
const pixel: usize = 3;

/** `[height, row]` of RGB values at `source` → `[height, 1 + row]` at `target`: each value less that of the pixel to the left. */
export function filterLines(source: usize, height: i32, row: i32, target: usize): void {
  for (let y = 0; y < height; y++) {
    store<u8>(target++, sub);
    // What the last vector writes past the end of the line is overwritten by the next one.
    for (let x: usize = 0; x < <usize>row; x += 16) {
      v128.store(target + x, i8x16.sub(v128.load(source + x), v128.load(source + x - pixel)));
    }
    store<u16>(target, load<u16>(source));
    store<u8>(target, load<u8>(source, 2), 2);
    source += row;
    target += row;
  }
}
