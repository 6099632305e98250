/**
 * 3×3 convolutions of stride 1 by Winograd's F(4×4, 3×3) (Lavin and Gray 2016): a tile of 4×4 pixels costs 36
 * multiplications a pair of channels where the direct form makes 144. All of it is products of matrices, which TensorFlow
 * multiplies near the processor's peak; padding and the tiles' overlap lie in the matrices.
 */
import type { Tensor, Tensor4D, Tf } from '../../engine/tf.ts';
import { notBefore } from '../../engine/capture/index.ts';
import type { NativeCalls } from './native-calls.ts';

const tile = 4;
const taps = 3;
/** Products along one axis of a tile. */
const products = tile + taps - 1;

/**
 * Where the polynomials are evaluated, beside infinity. Lavin and Gray's 0, ±1, ±2 more than double the error: of the
 * points with few bits these keep the matrices' entries, by which rounding errors grow, the smallest.
 */
const points = [0, 5 / 8, -5 / 8, 3 / 2, -3 / 2] as const;

type Matrix = readonly (readonly number[])[];

/**
 * Y = output·[(kernel·g) ⊙ (input·d)] along one axis (Cook and Toom): `output` `[tile, products]`, `kernel`
 * `[products, taps]`, `input` `[products, products]`.
 */
export function winogradMatrices(): { readonly output: Matrix; readonly kernel: Matrix; readonly input: Matrix } {
  const others = (point: number) => points.filter((other) => other !== point);
  const scale = (point: number) => others(point).reduce((product, other) => product * (point - other), 1);
  const powers = (point: number, count: number) => Array.from({ length: count }, (_, power) => point ** power);
  const last = (count: number) => Array.from({ length: count }, (_, index) => (index === count - 1 ? 1 : 0));
  const columns = [...points.map((point) => powers(point, tile)), last(tile)];
  return {
    output: Array.from({ length: tile }, (_, row) => columns.map((column) => column[row]!)),
    kernel: [...points.map((point) => powers(point, taps).map((power) => power / scale(point))), last(taps)],
    input: [...points.map((point) => [...polynomial(others(point)), 0]), polynomial(points)],
  };
}

/** The coefficients of Π (x − root), the constant one first. */
function polynomial(roots: readonly number[]): number[] {
  return roots.reduce<number[]>((product, root) => [0, ...product].map((shifted, power) => shifted - root * (product[power] ?? 0)), [1]);
}

/** Height or width: `before` zeros stand before the first of `length` values; `outputs` come out of `tiles`. */
interface Axis {
  /** `[products·tiles, length]`: values to tiles. */
  readonly spread: Tensor;
  /** `[outputs, products·tiles]`: tiles to values. */
  readonly collect: Tensor;
  /** Both transposed, for the gradients. */
  readonly spreadBack: Tensor;
  readonly collectBack: Tensor;
  readonly tiles: number;
}

export type Convolution3x3 = (x: Tensor4D, kernel: Tensor4D, padding: 'same' | 'valid') => Tensor4D;

/**
 * Where it was measured faster (forward and back, captured: 1.45 to 1.9 times; for smaller tensors its many calls cost
 * more than its products save). In bfloat16 the direct form is as fast and loses less.
 */
export function takesWinograd({ shape: [, height, width] }: Tensor4D, { shape: [rows, columns, channels, filters] }: Tensor4D): boolean {
  return rows === taps && columns === taps && Math.min(channels, filters) >= 64 && height * width * channels * filters >= 2 ** 22;
}

/**
 * Values of an image or a kernel whose tiles a graph makes anew for each use: they are two and four times as many, and would
 * be held from the first use to the last. 256 channels on both sides are more (in the paper's step a fiftieth of the time
 * for 216 MiB), and four of the chapter's images; its 128 channels and one image are less.
 */
const large = 2 ** 19;

/** Stride 1. Without second derivative. The matrices of each size are made once and stay as long as the engine. */
export function winogradConvolution(tf: Tf, native: NativeCalls): Convolution3x3 {
  const { spread, collect, kernelToTiles, kernelFromTiles, multiply } = tileOperations(native);
  const axes = new Map<string, Axis>();
  const axisOf = (length: number, padding: 'same' | 'valid'): Axis => {
    const key = `${length} ${padding}`;
    const axis = axes.get(key) ?? makeAxis(tf, length, padding === 'same' ? 1 : 0);
    axes.set(key, axis);
    return axis;
  };
  return (x, kernel, padding) => {
    const [vertical, horizontal] = [axisOf(x.shape[1], padding), axisOf(x.shape[2], padding)];
    const tilesOf = (image: Tensor, [rows, columns]: readonly [Tensor, Tensor]) => spread(image, rows, columns, vertical.tiles, horizontal.tiles);
    /** What is made of `value` for one use is not made before that use's other factor is there, if it is large. */
    const forUse = (value: Tensor4D, other: Tensor): Tensor4D => (value.size < large ? value : notBefore(tf, value, other));
    const convolve = tf.customGrad((...args) => {
      const [image, weights, save] = args as unknown as [Tensor4D, Tensor4D, (saved: Tensor[]) => void];
      save([image, weights]);
      const sums = multiply(tilesOf(image, [vertical.spread, horizontal.spread]), kernelToTiles(forUse(weights, image)));
      return {
        value: collect(sums, image.shape[0], vertical.collect, horizontal.collect),
        // What the forward pass has computed is computed again, rather than kept: a graph finds the same nodes.
        // Tidied, as tfjs would keep all of it until the last gradient of the network is there.
        gradFunc: (dy: Tensor, saved: Tensor[]) => tf.tidy(() => {
          const [image, weights] = saved as [Tensor4D, Tensor4D];
          const slopes = tilesOf(dy, [vertical.collectBack, horizontal.collectBack]);
          const dKernel = multiply(tilesOf(forUse(image, dy), [vertical.spread, horizontal.spread]), slopes, 'first transposed');
          const dTiles = multiply(slopes, kernelToTiles(forUse(weights, dy)), 'second transposed');
          return [collect(dTiles, image.shape[0], vertical.spreadBack, horizontal.spreadBack), kernelFromTiles(dKernel, weights.shape)];
        }),
      };
    });
    return convolve(x, kernel) as Tensor4D;
  };
}

/** Images `[batch, height, width, channels]`, their tiles `[products², batch·tiles, channels]`, kernels `[products², in, out]`. */
function tileOperations({ one, reshape, constant, attribute }: NativeCalls) {
  const { T, flag, type } = attribute;
  const multiply = (a: Tensor, b: Tensor, form?: 'first transposed' | 'second transposed') =>
    one('BatchMatMulV2', [T, flag('adj_x', form === 'first transposed'), flag('adj_y', form === 'second transposed')], [a, b]);
  const transpose = (x: Tensor, order: readonly number[]) => one('Transpose', [T, type('Tperm', 'int32')], [x, constant([order.length], order, 'int32')]);
  const matMul = (a: Tensor, b: Tensor, transposed: boolean) => one('MatMul', [T, flag('transpose_a', transposed), flag('transpose_b', false)], [a, b]);
  const { kernel } = winogradMatrices();
  /** `[products², taps²]`: both axes of a kernel at once. */
  const bothAxes = () => constant([products ** 2, taps ** 2], kernel.flatMap((row) => kernel.flatMap((column) => row.flatMap((a) => column.map((b) => a * b)))));
  return {
    multiply,
    spread(image: Tensor, rows: Tensor, columns: Tensor, rowTiles: number, columnTiles: number): Tensor {
      const [batch, height, width, channels] = image.shape as [number, number, number, number];
      const byRow = multiply(rows, reshape(image, [batch, height, width * channels]));
      const byColumn = multiply(columns, reshape(byRow, [batch * products * rowTiles, width, channels]));
      const tiles = transpose(reshape(byColumn, [batch, products, rowTiles, products, columnTiles * channels]), [1, 3, 0, 2, 4]);
      return reshape(tiles, [products ** 2, batch * rowTiles * columnTiles, channels]);
    },
    collect(tiles: Tensor, batch: number, rows: Tensor, columns: Tensor): Tensor {
      const channels = tiles.shape[2]!;
      const [height, width] = [rows.shape[1]!, columns.shape[1]!];
      const [rowTiles, columnTiles] = [rows.shape[2]! / products, columns.shape[2]! / products];
      const ordered = transpose(reshape(tiles, [products, products, batch, rowTiles, columnTiles * channels]), [2, 0, 3, 1, 4]);
      const byColumn = multiply(columns, reshape(ordered, [batch * products * rowTiles, products * columnTiles, channels]));
      const byRow = multiply(rows, reshape(byColumn, [batch, products * rowTiles, width * channels]));
      return reshape(byRow, [batch, height, width, channels]);
    },
    kernelToTiles: (weights: Tensor4D) => reshape(matMul(bothAxes(), reshape(weights, [taps ** 2, weights.size / taps ** 2]), false), [products ** 2, weights.shape[2], weights.shape[3]]),
    kernelFromTiles: (tiles: Tensor, shape: readonly number[]) => reshape(matMul(bothAxes(), reshape(tiles, [products ** 2, tiles.size / products ** 2]), true), shape),
  };
}

function makeAxis(tf: Tf, length: number, before: number): Axis {
  const outputs = length + 2 * before - (taps - 1);
  const tiles = Math.ceil(outputs / tile);
  const { input, output } = winogradMatrices();
  // Row (product, tile), column value; values before the first and after the last are zeros.
  const spread = input.flatMap((row) => Array.from({ length: tiles }, (_, t) => Array.from({ length }, (_, value) => row[value + before - tile * t] ?? 0)));
  const collect = Array.from({ length: outputs }, (_, value) =>
    Array.from({ length: products * tiles }, (_, column) => (column % tiles === Math.floor(value / tile) ? output[value % tile]![Math.floor(column / tiles)]! : 0)));
  const constant = (matrix: Matrix) => tf.keep(tf.tidy(() => tf.tensor3d([matrix.map((row) => [...row])])));
  const transposed = (matrix: Matrix) => matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));
  return { spread: constant(spread), collect: constant(collect), spreadBack: constant(transposed(spread)), collectBack: constant(transposed(collect)), tiles };
}
