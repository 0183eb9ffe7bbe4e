// Rows of text as a table: words to the left, figures to the right. Pure.

/** The cells of a line. */
export type Row = readonly string[];

/** Lines of the table, the headings first; columns from `firstFigure` on are of figures. */
export function textTable(headings: Row, rows: readonly Row[], firstFigure = 0): readonly string[] {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all.map((row) => {
    const cells = widths.map((width, column) => {
      const cell = row[column] ?? '';
      return column < firstFigure ? cell.padEnd(width) : cell.padStart(width);
    });
    return cells.join('  ').trimEnd();
  });
}

/** A number of at least `digits` significant figures, with separators: 12,345 · 12.3 · 0.0123. */
export function figure(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '-';
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** A share as percent. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
