/** One image through a generator, tile by tile. */
import type { BatchTranslation } from '../model/batch-translation.ts';
import type { Tensor4D, Tf } from '../engine/tf.ts';
import type { Pixels } from '../image/pixels.ts';
import { mirrored, tileWeights, type AxisTiles } from './tiling.ts';

export interface TilingGenerator {
  readonly tf: Tf;
  readonly translation: BatchTranslation;
}

export interface Grid {
  readonly rows: AxisTiles;
  readonly columns: AxisTiles;
}

/** How many tiles the generator sees at once. */
const batch = 4;

interface Tile {
  readonly row: number;
  readonly column: number;
}

/**
 * The translated image, of the same size; undefined where the generator makes NaN or an infinity. Tiles are blended where they
 * overlap. `goOn` is asked before each batch of tiles: false ends it with `'stopped'`.
 */
export async function translateTiled(generator: TilingGenerator, image: Pixels, grid: Grid, goOn: () => boolean): Promise<Pixels | 'stopped' | undefined> {
  const tiles = grid.rows.starts.flatMap((_, row) => grid.columns.starts.map((__, column): Tile => ({ row, column })));
  const sum = new Float32Array(image.data.length);
  const weight = new Float32Array(image.height * image.width);
  for (let first = 0; first < tiles.length; first += batch) {
    // Waiting lets a signal through, where tiles are translated without waiting for anything.
    await new Promise(setImmediate);
    if (!goOn()) return 'stopped';
    const some = tiles.slice(first, first + batch);
    const translated = await translateBatch(generator, image, grid, some);
    if (!translated.every(Number.isFinite)) return undefined;
    some.forEach((tile, index) => addTile({ sum, weight, image, grid, tile, values: translated.subarray(index * tileValues(grid), (index + 1) * tileValues(grid)) }));
  }
  return { height: image.height, width: image.width, data: blended(sum, weight) };
}

const tileValues = ({ rows, columns }: Grid): number => rows.size * columns.size * 3;

async function translateBatch({ tf, translation }: TilingGenerator, image: Pixels, grid: Grid, tiles: readonly Tile[]): Promise<Float32Array> {
  const values = new Float32Array(tiles.length * tileValues(grid));
  tiles.forEach((tile, index) => cutTile(image, grid, tile, values.subarray(index * tileValues(grid), (index + 1) * tileValues(grid))));
  const images: Tensor4D = tf.tensor4d(values, [tiles.length, grid.rows.size, grid.columns.size, 3]);
  const output = translation.of(images);
  try {
    return await output.data<'float32'>();
  } finally {
    tf.dispose([images, output]);
  }
}

/** Writes a tile's pixels in [-1, 1]. */
function cutTile({ data, height, width }: Pixels, { rows, columns }: Grid, tile: Tile, into: Float32Array): void {
  let to = 0;
  for (let y = 0; y < rows.size; y++) {
    const line = mirrored(rows.starts[tile.row]! + y, height) * width;
    for (let x = 0; x < columns.size; x++) {
      const from = (line + mirrored(columns.starts[tile.column]! + x, width)) * 3;
      for (let channel = 0; channel < 3; channel++) into[to++] = data[from + channel]! / 127.5 - 1;
    }
  }
}

interface Adding {
  readonly sum: Float32Array;
  readonly weight: Float32Array;
  readonly image: Pixels;
  readonly grid: Grid;
  readonly tile: Tile;
  readonly values: Float32Array;
}

function addTile({ sum, weight, image: { height, width }, grid: { rows, columns }, tile, values }: Adding): void {
  const down = tileWeights(rows, tile.row);
  const across = tileWeights(columns, tile.column);
  const top = rows.starts[tile.row]!;
  const left = columns.starts[tile.column]!;
  for (let y = 0; y < rows.size && top + y < height; y++) {
    for (let x = 0; x < columns.size && left + x < width; x++) {
      const pixel = (top + y) * width + left + x;
      const counts = down[y]! * across[x]!;
      weight[pixel]! += counts;
      for (let channel = 0; channel < 3; channel++) sum[pixel * 3 + channel]! += counts * values[(y * columns.size + x) * 3 + channel]!;
    }
  }
}

function blended(sum: Float32Array, weight: Float32Array): Uint8Array {
  const bytes = new Uint8ClampedArray(sum.length);
  for (let i = 0; i < sum.length; i++) bytes[i] = (sum[i]! / weight[Math.floor(i / 3)]! + 1) * 127.5;
  return new Uint8Array(bytes.buffer);
}
