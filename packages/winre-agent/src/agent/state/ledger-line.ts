import { createHash } from 'node:crypto';
import { canonicalJson } from '@winre-kit/sdk';
import { ledgerEntrySchema, type LedgerEntry, type LedgerEntryInput } from './ledger-entry.ts';

/** What reading a ledger gives. `torn` counts the bytes after the last whole line: a write that was cut off, never acted upon. */
export type LedgerReading =
  | { readonly state: 'whole'; readonly entries: readonly LedgerEntry[]; readonly lastChecksum: string; readonly wholeBytes: number; readonly torn: number }
  | { readonly state: 'damaged'; readonly reason: string };

/** The checksum before the first line. */
export const firstChecksum = '0'.repeat(32);

/** One line: a checksum that also covers the line before, so that a missing line shows, then the entry. */
export function encodeLedgerLine(entry: LedgerEntryInput, formerChecksum: string): { readonly line: string; readonly checksum: string } {
  const json = canonicalJson(entry);
  const checksum = checksumOf(json, formerChecksum);
  return { line: `${checksum} ${json}\n`, checksum };
}

/**
 * Reads a whole ledger. An unfinished last line is the trace of a power cut and is left out; anything else that does not check is damage,
 * because it means that something once acted upon may be missing.
 */
export function readLedger(bytes: Buffer): LedgerReading {
  const wholeBytes = bytes.lastIndexOf(0x0a) + 1;
  const entries: LedgerEntry[] = [];
  let lastChecksum = firstChecksum;
  const lines = wholeBytes === 0 ? [] : bytes.subarray(0, wholeBytes - 1).toString('utf8').split('\n');
  for (const [index, line] of lines.entries()) {
    const damaged = (reason: string): LedgerReading => ({ state: 'damaged', reason: `line ${index + 1}: ${reason}` });
    const json = line.slice(33);
    if (line[32] !== ' ' || line.slice(0, 32) !== checksumOf(json, lastChecksum)) return damaged('the checksum does not match');
    const parsed = ledgerEntrySchema.safeParse(parseJson(json));
    if (!parsed.success) return damaged('not an entry of this release');
    if ((index === 0) !== (parsed.data.entry === 'opened')) return damaged('only the first line opens a ledger');
    entries.push(parsed.data);
    lastChecksum = line.slice(0, 32);
  }
  if (entries.length === 0) return { state: 'damaged', reason: 'no first line' };
  return { state: 'whole', entries, lastChecksum, wholeBytes, torn: bytes.length - wholeBytes };
}

function checksumOf(json: string, formerChecksum: string): string {
  return createHash('sha256').update(formerChecksum).update(json).digest('hex').slice(0, 32);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
