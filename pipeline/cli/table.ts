/** Rows of text as aligned columns, two spaces between, nothing at the ends of lines. */

/** `headings`, where given, stand above. The last column is never padded. */
export function table(rows: readonly (readonly string[])[], headings?: readonly string[]): string {
  const all = headings === undefined ? rows : [headings, ...rows];
  const widths: number[] = [];
  for (const row of all) row.forEach((cell, column) => { widths[column] = Math.max(widths[column] ?? 0, cell.length); });
  const shown = widths.map((width) => width > 0);
  return all.map((row) => `${row.map((cell, column) => (shown[column] ? `${cell.padEnd(widths[column]!)}  ` : '')).join('').trimEnd()}\n`).join('');
}
