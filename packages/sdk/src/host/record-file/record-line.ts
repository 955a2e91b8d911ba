import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../../trust/canonical-json.ts';

const lineSchema = z.strictObject({ sequence: z.int().nonnegative(), record: z.unknown(), checksum: z.string() });

/** Digest of the line before the first. */
export const firstChecksum = '0'.repeat(64);

/** One line without its end. The checksum covers the line before it too, so that lines cannot be left out or swapped unseen. */
export function encodeRecordLine(sequence: number, record: unknown, previousChecksum: string): { readonly line: string; readonly checksum: string } {
  const json = canonicalJson(record);
  const checksum = createHash('sha256').update(`${previousChecksum}\n${sequence}\n${json}`).digest('hex');
  return { line: `{"sequence":${sequence},"record":${json},"checksum":"${checksum}"}`, checksum };
}

/** The record of a line, or why it is not one. */
export function decodeRecordLine(line: string, sequence: number, previousChecksum: string): { readonly record: unknown; readonly checksum: string } | { readonly damage: string } {
  let parsed: z.infer<typeof lineSchema>;
  try {
    parsed = lineSchema.parse(JSON.parse(line));
  } catch {
    return { damage: 'not a record' };
  }
  if (parsed.sequence !== sequence) return { damage: `has sequence ${parsed.sequence}, expected ${sequence}` };
  const { checksum } = encodeRecordLine(sequence, parsed.record, previousChecksum);
  return checksum === parsed.checksum ? { record: parsed.record, checksum } : { damage: 'checksum does not match' };
}
