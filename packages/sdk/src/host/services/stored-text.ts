import { Buffer } from 'node:buffer';
import { RecoveryError } from '../../errors/recovery-error.ts';
import type { JsonValue } from '../../schemas/primitives.ts';

const maxValueBytes = 65_536;

/** @throws {RecoveryError} `invalid-argument` for a value over 64 KiB */
export function storedText(key: string, value: JsonValue): string {
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > maxValueBytes) throw new RecoveryError('invalid-argument', `storage: the value of ${key} is over 64 KiB: keep less, or keep it elsewhere`, { fieldPath: 'value' });
  return text;
}
