/** Stage times and what came from the cache, and where the pictures are. */
import { relative } from 'node:path';
import { durationText } from '../../progress/words.ts';
import type { Comparison, StageCell } from '../comparison.ts';
import type { Section } from './differences.ts';
import { aligned, cut, wrap, type TerminalStyle } from './style.ts';

const columnsAtMost = 4;

export function stageSection({ stages, columns }: Comparison, { width }: TerminalStyle): readonly Section[] {
  if (stages.length === 0) return [];
  if (columns.length > columnsAtMost) return [{ title: 'Stages', lines: stages.flatMap(({ stage, cells }) => wrap(`${stage}: ${totalText(cells)}`, width, '  ')) }];
  const rows = stages.map(({ stage, cells }) => [stage, ...cells.map(cellText)]);
  return [{ title: 'Stages', lines: aligned([['', ...columns.map(({ letter }) => letter)], ...rows]).map((line) => cut(`  ${line}`, width)) }];
}

/** `8.5 s`, `cached (8.5 s)`; `=`: the outputs are those of A. */
function cellText(cell: StageCell | null): string {
  if (cell === null) return '−';
  const time = cell.seconds === undefined ? '' : durationText(cell.seconds);
  const same = cell.sameOutputs === true ? ' =' : '';
  if (cell.runs === 1) return `${cell.state === 'hit' ? `cached (${time})` : cell.state === 'done' ? time : `${cell.state} ${time}`.trim()}${same}`;
  return `${cell.state === 'done' ? '' : `${cell.state} `}${time}${cell.cached === 0 ? '' : `, ${cell.cached} of ${cell.runs} cached`}${same}`;
}

function totalText(cells: readonly (StageCell | null)[]): string {
  const found = cells.filter((cell) => cell !== null);
  const runs = found.reduce((sum, { runs: each }) => sum + each, 0);
  const cached = found.reduce((sum, { cached: each }) => sum + each, 0);
  const seconds = found.flatMap((cell) => cell.seconds ?? []);
  const times = seconds.length === 0 ? '' : `, ${durationText(Math.min(...seconds))} to ${durationText(Math.max(...seconds))}`;
  return `${cached} of ${runs} cached${times}`;
}

/** A terminal shows no pictures: it names the files that are to be laid beside each other. */
export function pictureSection({ pictures }: Comparison, cwd: string, { width }: TerminalStyle): readonly Section[] {
  const epochs = pictures.filter(({ epoch }) => epoch !== undefined);
  const shown = epochs[0] ?? pictures[0];
  if (shown === undefined) return [];
  const short = (file: string): string => { const from = relative(cwd, file); return from.length < file.length ? from : file; };
  const title = shown.epoch === undefined ? `Pictures: ${pictures.length}` : `The same test images at epoch ${shown.epoch}: ${epochs.length}`;
  return [{ title: `${title} (--html shows them side by side)`, lines: shown.files.slice(0, columnsAtMost).map((file) => cut(`  ${short(file)}`, Math.max(width, short(file).length + 2))) }];
}
