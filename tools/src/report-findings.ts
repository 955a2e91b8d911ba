import { formatFinding, type Finding } from './finding.ts';

/** Prints every finding, or one line saying that there is none; returns the exit code. */
export function reportFindings(rule: string, findings: readonly Finding[], write: (line: string) => void = console.log): 0 | 1 {
  for (const finding of findings) write(formatFinding(finding));
  write(findings.length === 0 ? `${rule}: nothing to report` : `${rule}: ${findings.length} to fix`);
  return findings.length === 0 ? 0 : 1;
}
