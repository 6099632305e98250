/** A comparison as text: at most as wide as the terminal. */
import type { Comparison } from '../comparison.ts';
import { axisSections, curveSection } from './charts.ts';
import { columnLines } from './columns.ts';
import { differenceSections, type Section } from './differences.ts';
import { resultSection } from './results.ts';
import { pictureSection, stageSection } from './stages.ts';
import { asciiOnly, paintFor, wrap, type TerminalStyle } from './style.ts';

/** `cwd`: paths are shown relative to it. */
export function terminalText(comparison: Comparison, cwd: string, style: TerminalStyle): string {
  const paint = paintFor(style);
  const notes: Section = { title: 'Notes', lines: comparison.notes.flatMap((note) => wrap(note, style.width, '  ')) };
  const sections = [
    ...differenceSections(comparison, style), ...resultSection(comparison, style), ...axisSections(comparison, style), ...curveSection(comparison, style),
    ...stageSection(comparison, style), ...pictureSection(comparison, cwd, style), ...(notes.lines.length === 0 ? [] : [notes]),
  ];
  const texts = sections.map(({ title, lines }) => [...wrap(title, style.width).map((line) => paint.bold(line)), ...lines].join('\n'));
  const whole = `${[columnLines(comparison, style).join('\n'), ...texts].join('\n\n')}\n`;
  return style.ascii ? asciiOnly(whole) : whole;
}
