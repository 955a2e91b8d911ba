import type { Journal } from './journal.ts';
import type { JournalEntry } from './journal-entry.ts';

/** A journal that is gone when the process ends: for tests, and for reading only. */
export function createMemoryJournal(initial: readonly JournalEntry[] = []): Journal {
  const texts = initial.map((entry) => JSON.stringify(entry));
  return {
    append(entry) {
      texts.push(JSON.stringify(entry));
      return Promise.resolve();
    },
    async *read() {
      for (const text of texts) yield await Promise.resolve(JSON.parse(text) as JournalEntry);
    },
    close: () => Promise.resolve(),
  };
}
