import { openKernels } from './kernels/kernels.ts';
import type { PairedFilter, PairedFilters } from './kernels/kernels.ts';
import type { Pixels } from './pixels.ts';
import { isPlainSize } from './plain-size.ts';

/** Bits behind the point of a weight: 8 of the value, 2 of headroom and 22 of these fill 32, as in Pillow. */
const precision = 22;
const half = 1 << (precision - 1);

/** Decoded pixels that take `stride` values each; a fourth one is passed over. */
export interface SourcePixels extends Pixels {
  readonly stride: 3 | 4;
}

/**
 * Stretches to `[height, width]` by a triangle filter that widens with the reduction (antialiased bilinear): Pillow's
 * `Image.resize(size, BILINEAR)` in the same integer arithmetic, first along rows, then along columns, each rounded to
 * 8 bits (Pillow 13 goes along the columns first where that is cheaper; before, never). The same on every machine, with
 * `kernels` and without.
 */
export function resample(image: SourcePixels, [height, width]: ImageSize, kernels = openKernels()): Pixels {
  const filters = kernels && filtersFor(image, [height, width]);
  if (kernels && filters) return { data: kernels.resample(image, [height, width], filters), height, width };
  const wide = alongRows(image, filterOf(image.width, width), width);
  if (image.height === height) return { data: wide, height, width };
  return { data: alongColumns(wide, width * 3, filterOf(image.height, height), height), height, width };
}

/** The same of a JPEG file, where the kernels can decode it, and the size it had; undefined: decode it first. */
export function resampleJpeg(file: Uint8Array, size: ImageSize, kernels = openKernels()): ResampledJpeg | undefined {
  let from: ResampledJpeg['from'] | undefined;
  const data = kernels?.resampleJpeg(file, size, (image) => filtersFor((from = image), size));
  return data && from && { pixels: { data, height: size[0], width: size[1] }, from };
}

interface ResampledJpeg {
  readonly pixels: Pixels;
  readonly from: { readonly height: number; readonly width: number };
}

type ImageSize = readonly [height: number, width: number];

/** For kernels, whose memory never shrinks; undefined where it would grow large. */
function filtersFor(image: { readonly height: number; readonly width: number }, [height, width]: ImageSize): PairedFilters | undefined {
  const isPlain = isPlainSize(image.height, image.width) && isPlainSize(image.height, width) && isPlainSize(height, width);
  return isPlain ? [paired(filterOf(image.width, width)), paired(filterOf(image.height, height))] : undefined;
}

/** How each of `to` places is weighed together from `from`. */
interface Filter {
  readonly taps: number;
  /** `[to]`: the place of the first tap. */
  readonly starts: Int32Array;
  /** Fixed-point, `[to, taps]`; each row adds up to 1 but for rounding. */
  readonly weights: Int32Array;
  /** As kernels take them, once that was asked for. */
  paired?: PairedFilter;
}

function paired(filter: Filter): PairedFilter {
  return (filter.paired ??= { pairs: Math.ceil(filter.taps / 2), starts: filter.starts, halves: halvesOf(filter) });
}

function halvesOf({ taps, weights }: Filter): Int16Array {
  const pairs = Math.ceil(taps / 2);
  const halves = new Int16Array((weights.length / taps) * pairs * 4);
  for (const [index, weight] of weights.entries()) {
    const [place, tap] = [Math.floor(index / taps), index % taps];
    const at = (place * pairs + (tap >> 1)) * 4 + (tap & 1);
    halves[at] = weight >> 11;
    halves[at + 2] = weight & 2047;
  }
  return halves;
}

const filters = new Map<string, Filter>();

function filterOf(from: number, to: number): Filter {
  const name = `${from} ${to}`;
  const known = filters.get(name);
  if (known) return known;
  // Sets have few sizes; one whose images all differ must not fill the memory.
  if (filters.size >= 64) filters.clear();
  const made = triangleFilter(from, to);
  filters.set(name, made);
  return made;
}

/** Pillow's `precompute_coeffs` and `normalize_coeffs_8bpc` with its bilinear filter, whose support is 1. */
function triangleFilter(from: number, to: number): Filter {
  const scale = from / to;
  const reach = Math.max(scale, 1);
  const rows = Array.from({ length: to }, (_, place) => {
    const centre = (place + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - reach + 0.5));
    const end = Math.min(from, Math.trunc(centre + reach + 0.5));
    const raw = Array.from({ length: end - start }, (_, tap) => Math.max(0, 1 - Math.abs((tap + start - centre + 0.5) * (1 / reach))));
    const sum = raw.reduce((total, weight) => total + weight, 0);
    const weights = raw.map((weight) => Math.trunc(0.5 + (weight / sum) * (1 << precision)));
    while (weights.length > 1 && weights.at(-1) === 0) weights.pop();
    return { start, weights };
  });
  const taps = Math.max(...rows.map(({ weights }) => weights.length));
  const filter: Filter = { taps, starts: new Int32Array(to), weights: new Int32Array(to * taps) };
  for (const [place, { start, weights }] of rows.entries()) {
    // Rows with fewer taps begin earlier at the far border, so that none reads past the last place.
    filter.starts[place] = Math.min(start, from - taps);
    filter.weights.set(weights, place * taps + start - filter.starts[place]!);
  }
  return filter;
}

/** `[height, from, stride]` → `[height, width, 3]`. No weight is below zero and they add up to 1: nothing has to be clipped. */
function alongRows(image: SourcePixels, filter: Filter, width: number): Uint8Array {
  const result = new Uint8Array(image.height * width * 3);
  if (filter.taps === 4) fourAlongRows(image, filter, width, result);
  else anyAlongRows(image, filter, width, result);
  return result;
}

function anyAlongRows({ data, height, width: from, stride }: SourcePixels, { taps, starts, weights }: Filter, width: number, result: Uint8Array): void {
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0, weight = 0; x < width; x++) {
      let at = (y * from + starts[x]!) * stride;
      let red = half;
      let green = half;
      let blue = half;
      for (const end = weight + taps; weight < end; weight++, at += stride) {
        const by = weights[weight]!;
        red += Math.imul(by, data[at]!);
        green += Math.imul(by, data[at + 1]!);
        blue += Math.imul(by, data[at + 2]!);
      }
      result[to++] = red >> precision;
      result[to++] = green >> precision;
      result[to++] = blue >> precision;
    }
  }
}

/** The same for the reduction to a half, the usual one, in two thirds of the time. */
function fourAlongRows({ data, height, width: from, stride }: SourcePixels, { starts, weights }: Filter, width: number, result: Uint8Array): void {
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [a, b, c, d] = [weights[x * 4]!, weights[x * 4 + 1]!, weights[x * 4 + 2]!, weights[x * 4 + 3]!];
      let at = (y * from + starts[x]!) * stride;
      for (const end = to + 3; to < end; to++, at++) {
        const sum = half + Math.imul(a, data[at]!) + Math.imul(b, data[at + stride]!) + Math.imul(c, data[at + 2 * stride]!) + Math.imul(d, data[at + 3 * stride]!);
        result[to] = sum >> precision;
      }
    }
  }
}

/** `[from, row]` → `[height, row]`. */
function alongColumns(data: Uint8Array, row: number, { taps, starts, weights }: Filter, height: number): Uint8Array {
  const result = new Uint8Array(height * row);
  for (let y = 0, to = 0; y < height; y++) {
    const by = weights.subarray(y * taps, (y + 1) * taps);
    const start = starts[y]! * row;
    if (taps === 4) {
      const [a, b, c, d] = [by[0]!, by[1]!, by[2]!, by[3]!];
      for (let i = start; i < start + row; i++, to++) {
        const sum = half + Math.imul(a, data[i]!) + Math.imul(b, data[i + row]!) + Math.imul(c, data[i + 2 * row]!) + Math.imul(d, data[i + 3 * row]!);
        result[to] = sum >> precision;
      }
    } else {
      for (let i = start; i < start + row; i++, to++) {
        let sum = half;
        for (let tap = 0; tap < taps; tap++) sum += Math.imul(by[tap]!, data[i + tap * row]!);
        result[to] = sum >> precision;
      }
    }
  }
  return result;
}
