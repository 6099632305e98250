/**
 * The Laplacian pyramid (Burt and Adelson 1983) as Karras et al. 2018 use it for their sliced Wasserstein distance
 * (section 5; `generate_laplacian_pyramid` in tkarras/progressive_growing_of_gans): each level holds what the next smaller one
 * cannot show, the last holds the rest.
 */
import { createPicture, type Picture } from '../../image/picture.ts';

/** The binomial filter of Burt and Adelson, used along each axis. */
const filter = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16] as const;

/** The last level is the smallest whose shorter side is at least this. */
export const SMALLEST_LEVEL = 16;

export interface LevelSize {
  readonly height: number;
  readonly width: number;
}

/** Sizes of the levels, largest first: 128 → 64 → 32 → 16. Odd sides are halved upwards. Images under 32 have one level. */
export function pyramidLevels({ height, width }: LevelSize): readonly LevelSize[] {
  const half = { height: Math.ceil(height / 2), width: Math.ceil(width / 2) };
  const rest = Math.min(half.height, half.width) >= SMALLEST_LEVEL ? pyramidLevels(half) : [];
  return [{ height, width }, ...rest];
}

/** The pyramid of a picture, in the sizes of {@link pyramidLevels}. */
export function laplacianPyramid(picture: Picture): readonly Picture[] {
  const levels: Picture[] = [];
  let current = picture;
  for (const size of pyramidLevels(picture).slice(1)) {
    const smaller = halve(current, size);
    levels.push(difference(current, double(smaller, current)));
    current = smaller;
  }
  return [...levels, current];
}

/** Filters and keeps every second pixel (`pyr_down`). */
function halve(picture: Picture, { height, width }: LevelSize): Picture {
  return resample(picture, { height, width }, (into, from, length, outLength) => {
    for (let i = 0; i < outLength; i++) {
      let sum = 0;
      for (let k = -2; k <= 2; k++) sum += filter[k + 2]! * from[mirrored(2 * i + k, length)]!;
      into[i] = sum;
    }
  });
}

/** Puts zeros between the pixels and filters, times 2 along each axis (`pyr_up`). */
function double(picture: Picture, { height, width }: LevelSize): Picture {
  return resample(picture, { height, width }, (into, from, length, outLength) => {
    for (let i = 0; i < outLength; i++) {
      let sum = 0;
      for (let k = -2; k <= 2; k++) {
        const at = mirrored(i + k, outLength);
        if (at % 2 === 0 && at / 2 < length) sum += 2 * filter[k + 2]! * from[at / 2]!;
      }
      into[i] = sum;
    }
  });
}

/** The index that `i` stands for where a line of `length` is mirrored about its first and its last pixel. */
function mirrored(i: number, length: number): number {
  if (length === 1) return 0;
  const inside = i < 0 ? -i : i;
  return inside < length ? inside : 2 * (length - 1) - inside;
}

type LineFilter = (into: Float64Array, from: Float64Array, length: number, outLength: number) => void;

/** Runs a filter along the rows, then along the columns. */
function resample(picture: Picture, { height, width }: LevelSize, along: LineFilter): Picture {
  const { channels } = picture;
  const wide = createPicture(picture.height, width, channels);
  const longest = Math.max(picture.height, picture.width, height, width);
  const [from, into] = [new Float64Array(longest), new Float64Array(longest)];
  for (let y = 0; y < picture.height; y++) {
    for (let c = 0; c < channels; c++) {
      for (let x = 0; x < picture.width; x++) from[x] = picture.data[(y * picture.width + x) * channels + c]!;
      along(into, from, picture.width, width);
      for (let x = 0; x < width; x++) wide.data[(y * width + x) * channels + c] = into[x]!;
    }
  }
  const result = createPicture(height, width, channels);
  const line = width * channels;
  for (let at = 0; at < line; at++) {
    for (let y = 0; y < picture.height; y++) from[y] = wide.data[y * line + at]!;
    along(into, from, picture.height, height);
    for (let y = 0; y < height; y++) result.data[y * line + at] = into[y]!;
  }
  return result;
}

function difference(a: Picture, b: Picture): Picture {
  return { ...a, data: a.data.map((value, i) => value - b.data[i]!) };
}
