/** One column of a table. */
export interface TableColumn {
  readonly title: string;
  /** Numbers stand right. Default `left`. */
  readonly align?: 'left' | 'right';
}

/** Lays cells out in aligned columns, two spaces apart, with titles and no space at the end of a line. Pure. */
export function formatTable(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, at) => rows.reduce((widest, row) => Math.max(widest, row[at]?.length ?? 0), title.length));
  const line = (cells: readonly string[]) =>
    cells.map((cell, at) => (columns[at]?.align === 'right' ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0))).join('  ').trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)].join('\n');
}
