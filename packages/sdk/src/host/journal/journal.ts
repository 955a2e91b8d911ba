import type { JournalEntry } from './journal-entry.ts';

/**
 * Where the host writes what it is about to do before it does it. One host writes to a journal at a time.
 *
 * Implementations: {@link createMemoryJournal}, {@link createFileJournal}; a fleet brings its own over a database.
 */
export interface Journal {
  /**
   * Resolves only once the entry survives a power cut. Entries are kept in the order of the calls.
   * @throws {RecoveryError} `unavailable` when it cannot be written; nothing is sent then. If the entry could have been kept nevertheless, every later `append` has to be refused until the journal is opened again
   */
  append(entry: JournalEntry): Promise<void>;
  /** Every entry, oldest first. @throws {RecoveryError} `data-loss` when an acknowledged entry is damaged */
  read(): AsyncIterable<JournalEntry>;
  /** Lets another writer take over. May be called twice. */
  close(): Promise<void>;
}
