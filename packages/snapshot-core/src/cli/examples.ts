/** The examples at the end of a verb's help, one command a line. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  winre-snapshot ${line}`).join('\n')}`;
}
