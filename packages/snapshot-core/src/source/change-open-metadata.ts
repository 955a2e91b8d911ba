import { fchmodSync, fchownSync, futimesSync } from 'node:fs';
import { toSeconds, type Metadata } from './change-metadata.ts';
import { systemErrorCode } from './system-error-code.ts';

/** What a new file has, and may be wanted otherwise. */
export type OwnerAndMode = Pick<Metadata, 'mode' | 'userId' | 'groupId'>;

/**
 * Gives an open file that was just created its owner, mode and modification time, as far as they differ from `present`. It must have,
 * and be meant to have, no extended attributes.
 *
 * Answers with the properties that the target refused; those are for the caller to report.
 */
export function changeOpenMetadata(descriptor: number, wanted: OwnerAndMode & { readonly modifiedMicros: number | bigint }, present: OwnerAndMode): string[] {
  const refused: string[] = [];
  const attempt = (what: string, change: () => void): void => {
    try {
      change();
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
      refused.push(what);
    }
  };
  const ownerDiffers = wanted.userId !== present.userId || wanted.groupId !== present.groupId;
  // Changing the owner clears set-id bits, so the mode comes after it.
  if (ownerDiffers) attempt('owner', () => fchownSync(descriptor, wanted.userId, wanted.groupId));
  // A file that could not be given to its owner must not keep set-id bits: they would now mean somebody else.
  const mode = refused.length > 0 ? wanted.mode & 0o1777 : wanted.mode;
  if (ownerDiffers || mode !== present.mode) attempt('mode', () => fchmodSync(descriptor, mode));
  const seconds = toSeconds(wanted.modifiedMicros);
  attempt('time', () => futimesSync(descriptor, seconds, seconds));
  return refused;
}
