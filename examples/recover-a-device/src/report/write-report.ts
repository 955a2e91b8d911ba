import { writeFile } from 'node:fs/promises';
import { RecoveryError } from '@winre-kit/sdk';
import { verifyAuditExport, type AuditTrust, type AuditVerdict } from '@winre-kit/sdk/host';
import { recoveryReportOf } from './recovery-report.ts';
import { renderReport } from './render-report.ts';

/**
 * Verifies an audit export and writes the report that is made from it alone.
 *
 * @throws {RecoveryError} `data-loss` when the export does not verify; no file is written then
 */
export async function writeReport(auditExport: unknown, file: string, trust: AuditTrust): Promise<AuditVerdict> {
  const verdict = await verifyAuditExport(auditExport, trust);
  if (!verdict.ok) throw new RecoveryError('data-loss', `the audit export does not verify: ${verdict.reasons.join('; ')}`, { facts: { reasons: verdict.reasons } });
  await writeFile(file, await renderReport(recoveryReportOf(verdict.entries), verdict));
  return verdict;
}
