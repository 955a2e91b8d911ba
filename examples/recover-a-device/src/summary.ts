import type { AuditVerdict } from '@winre-kit/sdk/host';
import { recoveryReportOf } from './report/recovery-report.ts';

/** Prints the operations of all devices, the audit proof, and where the report is. Everything is taken from the audit export. */
export function printSummary({ verdict, tampered, secrets, reportFile, seconds }: { readonly verdict: AuditVerdict; readonly tampered: AuditVerdict; readonly secrets: readonly string[]; readonly reportFile: string; readonly seconds: number }): void {
  const { operations } = recoveryReportOf(verdict.entries);
  const rows = operations.map(({ operationKey, capability, effect, loss, approvals, state }) => [
    operationKey, capability, effect, loss ? `${loss.files} files` : '', approvals.map(({ by }) => by).join(), state,
  ]);
  const header = ['operation', 'what', 'effect', 'lost', 'approved by', 'ended'];
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd();
  console.log(`\n${[header, widths.map((width) => '─'.repeat(width)), ...rows].map(line).join('\n')}`);
  console.log(`\nAudit: ${verdict.size} entries verified, Merkle root ${verdict.root}`);
  console.log(`With one entry altered: ${tampered.ok ? 'NOT DETECTED' : `refused, ${tampered.reasons[0] ?? ''}`}`);
  console.log(`Secrets: ${secrets.length} values searched for in every log, journal, database, state file and report, and in every process: none found`);
  console.log(`Report: ${reportFile}`);
  console.log(`Three devices recovered in ${seconds.toFixed(1)} s.`);
}
