import type { AuditRecord, AuditStore } from './audit-store.ts';

/** An audit store that is gone when the process ends. */
export function createMemoryAuditStore(initial: readonly AuditRecord[] = []): AuditStore {
  const texts = initial.map((record) => JSON.stringify(record));
  return {
    append(record) {
      texts.push(JSON.stringify(record));
      return Promise.resolve();
    },
    async *read() {
      for (const text of texts) yield await Promise.resolve(JSON.parse(text) as AuditRecord);
    },
    close: () => Promise.resolve(),
  };
}
