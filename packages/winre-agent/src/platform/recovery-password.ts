import { RecoveryError } from '@winre-kit/sdk';

/**
 * Writes 128 bits as people read recovery keys of Windows to each other: eight groups of six digits, each a 16-bit number times eleven,
 * so that a mistyped group is noticed.
 *
 * @param bytes 16 random bytes
 */
export function recoveryPasswordFrom(bytes: Uint8Array): string {
  if (bytes.length !== 16) throw new RecoveryError('invalid-argument', `recovery password: expected 16 bytes, got ${bytes.length}`, { fieldPath: 'bytes' });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: 8 }, (_, group) => String(view.getUint16(group * 2, true) * 11).padStart(6, '0')).join('-');
}
