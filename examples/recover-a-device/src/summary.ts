import type { AuditVerdict } from '@winre-kit/sdk/host';
import type { ConfiguredGroup } from './report/configured-group.ts';
import { recoveryReportOf, type OperationLine } from './report/recovery-report.ts';

/** Prints what was configured, the operations of all devices, the audit proof, and where the report is. Everything is taken from the audit export. */
export function printSummary({ verdict, tampered, secrets, reportFile, seconds }: { readonly verdict: AuditVerdict; readonly tampered: AuditVerdict; readonly secrets: readonly string[]; readonly reportFile: string; readonly seconds: number }): void {
  const { configured, operations } = recoveryReportOf(verdict.entries);
  for (const group of configured) console.log(`\n${tableOf(rowsOfGroup(group))}`);
  console.log(`\n${tableOf(rowsOfOperations(operations))}`);
  console.log(`\nAudit: ${verdict.size} entries verified, Merkle root ${verdict.root}`);
  console.log(`With one entry altered: ${tampered.ok ? 'NOT DETECTED' : `refused, ${tampered.reasons[0] ?? ''}`}`);
  console.log(`Secrets: ${secrets.length} values searched for in every log, journal, database, state file and report, and in every process: none found`);
  console.log(`Report: ${reportFile}`);
  console.log(`Three devices recovered in ${seconds.toFixed(1)} s.`);
}

function rowsOfGroup({ group, pcs }: ConfiguredGroup): readonly (readonly string[])[] {
  const onOff = (words: string): string => (words === '' ? 'none' : words.split(',')[0] ?? '');
  const rows = pcs.map(({ name, windows, dialect, quickMachineRecovery, pointInTimeRestore, networks, notExpressed, drift }) => [
    name, windows, dialect, onOff(quickMachineRecovery), onOff(pointInTimeRestore), networks.join(', ') || 'none',
    drift.length > 0 ? 'yes' : 'no drift', notExpressed.flatMap(({ settings }) => settings).join(', ') || 'nothing',
  ]);
  return [[group, 'Windows', 'dialect', 'QMR', 'PITR', 'WinRE Wi-Fi', 'drift healed', 'not expressed'], ...rows];
}

function rowsOfOperations(operations: readonly OperationLine[]): readonly (readonly string[])[] {
  const rows = operations.map(({ operationKey, capability, effect, loss, approvals, state }) => [
    operationKey, capability, effect, loss ? `${loss.files} files` : '', approvals.map(({ by }) => by).join(), state,
  ]);
  return [['operation', 'what', 'effect', 'lost', 'approved by', 'ended'], ...rows];
}

/** The first row is the header. */
function tableOf([header = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd();
  return [header, widths.map((width) => '─'.repeat(width)), ...rows].map(line).join('\n');
}
