/** How the terminal's lines are written: width, colours, and whether the terminal has more than ASCII. */
import pc from 'picocolors';

export interface TerminalStyle {
  /** Columns that a line may have. */
  readonly width: number;
  readonly color: boolean;
  /** For a terminal that draws no blocks. */
  readonly ascii: boolean;
  /** Losses by their terms, too. */
  readonly all: boolean;
}

export type Paint = ReturnType<typeof pc.createColors>;

export const paintFor = ({ color }: TerminalStyle): Paint => pc.createColors(color);

/** Cut to the width; what is cut ends in an ellipsis. */
export const cut = (text: string, width: number): string => (text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`);

/** Words that fit, one line after the other, each begun with `indent`; a word longer than a line is on its own. */
export function wrap(text: string, width: number, indent = ''): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) { lines.push(indent + line); line = word; } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, indent + line];
}

/** Columns aligned, the first to the left and the others to the right, two spaces between. */
export function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, column) => { widths[column] = Math.max(widths[column] ?? 0, cell.length); });
  return rows.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  ').trimEnd());
}

const arrows: Readonly<Record<string, string>> = { '→': '->', '±': '+-', '−': '-', '×': 'x', '…': '..', '≥': '>=', '↑': '^', '↓': 'v', '∞': 'inf' };

/** What every terminal can show. */
export const asciiOnly = (text: string): string => text.replaceAll(/[→±−×…≥↑↓∞]/g, (found) => arrows[found]!);
