/** `evaluation/AtoB.png`: one row an image: input, translation and, where it is known, the truth. */
import { createPicture, type Picture } from '../image/picture.ts';
import type { Translate } from './generator.ts';
import type { Pictures } from './pictures.ts';

const GAP = 2;

export interface StripOptions {
  readonly source: Pictures;
  /** Given where the test split is paired. */
  readonly truth?: Pictures;
  readonly generator: Translate;
  /** Rows at most, evenly spread over the test split. */
  readonly rows: number;
  /** Set side by side in so many columns of rows. */
  readonly columns: number;
}

export async function comparisonStrip(options: StripOptions): Promise<Picture> {
  const count = Math.min(options.rows, options.source.names.length);
  const groups: Picture[][] = [];
  for (let i = 0; i < count; i++) {
    const index = Math.floor((i * options.source.names.length) / count);
    const input = await options.source.read(index);
    const [generated] = await options.generator([input]);
    groups.push([input, generated!, ...(options.truth ? [await options.truth.read(index)] : [])]);
  }
  return layOut(groups, options.columns);
}

/** Groups of pictures in rows of `columns` groups, small gaps within and wider ones between groups, on white. */
function layOut(groups: readonly (readonly Picture[])[], columns: number): Picture {
  const { height, width, channels } = groups[0]![0]!;
  const groupWidth = groups[0]!.length * (width + GAP) + 3 * GAP;
  const across = Math.min(columns, groups.length);
  const sheet = createPicture(Math.ceil(groups.length / across) * (height + GAP) - GAP, across * groupWidth - 4 * GAP, channels);
  sheet.data.fill(1);
  groups.forEach((group, i) => {
    const top = Math.floor(i / across) * (height + GAP);
    group.forEach((picture, k) => place(picture, sheet, top, (i % across) * groupWidth + k * (width + GAP)));
  });
  return sheet;
}

function place(picture: Picture, sheet: Picture, top: number, left: number): void {
  const row = picture.width * picture.channels;
  for (let y = 0; y < picture.height; y++) {
    const to = ((top + y) * sheet.width + left) * sheet.channels;
    sheet.data.set(picture.data.subarray(y * row, (y + 1) * row), to);
  }
}
