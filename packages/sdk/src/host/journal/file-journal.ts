import type { Logger } from '../../contract/host-services.ts';
import { openRecordFile } from '../record-file/record-file.ts';
import { parseOrThrow } from '../../errors/parse-or-throw.ts';
import type { Journal } from './journal.ts';
import { journalEntrySchema } from './journal-entry.ts';

/**
 * A journal in one file: JSON lines, each with sequence and checksum, fsynced before `append` resolves.
 *
 * @throws {RecoveryError} `conflict` when another process writes to it, `data-loss` when a line before the last is damaged
 */
export async function createFileJournal(path: string, options: { readonly logger?: Logger } = {}): Promise<Journal> {
  const file = await openRecordFile(path, options);
  return {
    append: (entry) => file.append(entry),
    async *read() {
      for await (const record of file.read()) yield parseOrThrow(journalEntrySchema, record, `journal ${path}`, 'data-loss');
    },
    close: () => file.close(),
  };
}
