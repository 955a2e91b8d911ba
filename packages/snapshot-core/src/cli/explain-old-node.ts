const oldest = [22, 19] as const;

/** What to tell somebody whose Node is too old for this program; `undefined` when it is new enough. Pure. */
export function explainOldNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return undefined;
  return `winre-snapshot: this is Node ${version}, but Node ${oldest.join('.')} or newer is needed; install one, or start it with another: /path/to/node winre-snapshot …\n`;
}
