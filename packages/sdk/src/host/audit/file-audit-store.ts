import { z } from 'zod';
import type { Logger } from '../../contract/host-services.ts';
import { parseOrThrow } from '../../errors/parse-or-throw.ts';
import { openRecordFile } from '../record-file/record-file.ts';
import { auditCheckpointSchema, auditEntrySchema } from './audit-entry.ts';
import type { AuditStore } from './audit-store.ts';

const auditRecordSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('entry'), entry: auditEntrySchema }),
  z.strictObject({ type: z.literal('checkpoint'), checkpoint: auditCheckpointSchema }),
]);

/**
 * An audit store in one file, fsynced record by record.
 *
 * @throws {RecoveryError} `conflict` when another process writes to it, `data-loss` when a record before the last is damaged
 */
export async function createFileAuditStore(path: string, options: { readonly logger?: Logger } = {}): Promise<AuditStore> {
  const file = await openRecordFile(path, options);
  return {
    append: (record) => file.append(record),
    async *read() {
      for await (const record of file.read()) yield parseOrThrow(auditRecordSchema, record, `audit log ${path}`, 'data-loss');
    },
    close: () => file.close(),
  };
}
