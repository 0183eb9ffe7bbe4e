// Rows as aligned columns. Pure.

/** Which side the cells of a column keep to. */
export type Side = 'left' | 'right';

/** One line a row, each column as wide as its widest cell, two spaces between them, none at the end of a line. */
export function columns(rows: readonly (readonly string[])[], sides: readonly Side[]): string[] {
  const widths = sides.map((_, column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    sides
      .map((side, column) => {
        const cell = row[column] ?? '';
        return side === 'right' ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!);
      })
      .join('  ')
      .trimEnd(),
  );
}
