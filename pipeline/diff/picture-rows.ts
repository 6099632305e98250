/** The same test images at the same epoch in every column. */
import { join } from 'node:path';
import type { PictureRow } from './comparison.ts';
import type { GatheredRun } from './gather.ts';
import type { ResultPicture } from './results.ts';

export interface Pictures {
  readonly rows: readonly PictureRow[];
  /** Why there are none, or not those of the end. */
  readonly notes: readonly string[];
}

/** One run stands for each column. Pictures of the end first, then those of the latest epoch that all columns have. */
export function pictureRows(runs: readonly GatheredRun[]): Pictures {
  const [first, ...others] = runs;
  if (first === undefined || others.length === 0 || runs.every(({ results }) => results.pictures.length === 0)) return { rows: [], notes: [] };
  const known = others.map((run) => new Map(run.results.pictures.map((picture) => [keyOf(picture), picture])));
  const common = first.results.pictures.filter((picture) => known.every((each) => each.has(keyOf(picture))));
  const epochs = common.flatMap(({ epoch }) => epoch ?? []);
  const latest = Math.max(...epochs);
  const shown = common.filter(({ epoch }) => epoch === undefined || epoch === latest);
  const rows = shown.map((picture): PictureRow => ({
    name: picture.name, label: picture.label, ...(picture.epoch === undefined ? {} : { epoch: picture.epoch }),
    files: [join(first.listed.folder, picture.path), ...known.map((each, index) => join(others[index]!.listed.folder, each.get(keyOf(picture))!.path))],
  }));
  return { rows: rows.sort((left, right) => Number(left.epoch !== undefined) - Number(right.epoch !== undefined)), notes: epochs.length === 0 ? noteOf(runs) : [] };
}

const keyOf = ({ name, epoch }: ResultPicture): string => `${name}\n${epoch ?? ''}`;

function noteOf(runs: readonly GatheredRun[]): readonly string[] {
  const drawn = runs.map(({ results }) => results.pictures.filter(({ epoch }) => epoch !== undefined));
  return drawn.some((each) => each.length === 0) ? [] : ['no sample is of the same test image at the same epoch in every run'];
}
