/** Where tiles lie on an image, and how much each counts where they overlap. Pure. */

/** Tiles along one axis. All are `size` long; the last ends at or beyond the image's end. */
export interface AxisTiles {
  readonly size: number;
  readonly starts: readonly number[];
}

export interface TileSpec {
  /** Pixels along the axis. */
  readonly size: number;
  /** By how many pixels neighbours overlap, at least: below `size`. */
  readonly overlap: number;
  /** Whether every tile must be exactly `size` long; else an image that is shorter is one tile of its own length. */
  readonly exact: boolean;
}

/** What generators halve twice must be divisible by four. */
const multiple = 4;

/** Of less, nothing is left to mirror at the borders once it was halved twice. */
const smallest = 16;

const roundedUp = (length: number): number => Math.max(smallest, Math.ceil(length / multiple) * multiple);

/** Tiles of equal size, evenly spread over `length` pixels; one that is longer than the image, or tiny, is filled up by mirroring. */
export function tilesAlong(length: number, { size, overlap, exact }: TileSpec): AxisTiles {
  if (length <= size) return { size: exact ? size : roundedUp(length), starts: [0] };
  const count = Math.ceil((length - overlap) / (size - overlap));
  return { size, starts: Array.from({ length: count }, (_, i) => Math.round((i * (length - size)) / (count - 1))) };
}

/**
 * How much each pixel of tile `index` counts, in (0, 1]: rises and falls linearly where it overlaps a neighbour, so that there
 * is no step where a tile begins. Divided by their sum over all tiles they are a partition of one.
 */
export function tileWeights({ size, starts }: AxisTiles, index: number): Float32Array {
  const overlapWith = (other: number | undefined) => (other === undefined ? 0 : size - Math.abs(starts[index]! - other));
  const before = overlapWith(starts[index - 1]);
  const after = overlapWith(starts[index + 1]);
  return Float32Array.from({ length: size }, (_, at) => {
    const rising = before === 0 ? 1 : (at + 0.5) / before;
    const falling = after === 0 ? 1 : (size - at - 0.5) / after;
    return Math.min(1, rising, falling);
  });
}

/** The pixel of the image that stands at `at`, which may lie beyond its end: mirrored there, without repeating the last. */
export function mirrored(at: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const within = at % period;
  return within < length ? within : period - within;
}
