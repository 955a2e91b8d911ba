/** One broken rule, at a place a person can open. `line` is 1-based; 0 means the file as a whole. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** `file:line message`, the form editors turn into a link. */
export function formatFinding({ file, line, message }: Finding): string {
  return line > 0 ? `${file}:${line} ${message}` : `${file} ${message}`;
}
