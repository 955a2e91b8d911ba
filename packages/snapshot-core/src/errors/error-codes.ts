/**
 * Every code a `SnapshotError` can carry. Codes are stable within a major version, messages are not: branch on codes.
 *
 * `retryable` says whether the same call can succeed later without anybody changing anything.
 */
export const errorCodes = {
  'argument/invalid': { retryable: false, meaning: 'a value given by the caller cannot be used' },
  'storage/not-found': { retryable: false, meaning: 'the storage has no file of that kind and name' },
  'storage/exists': { retryable: false, meaning: 'a file of that kind and name exists already; files are never replaced' },
  'storage/read-only': { retryable: false, meaning: 'the storage refuses writes' },
  'storage/full': { retryable: true, meaning: 'the storage has no room left; nothing of the file was kept' },
  'storage/failed': { retryable: true, meaning: 'the storage could not be read or written' },
  'storage/not-exclusive': { retryable: false, meaning: 'the storage cannot tell which of two writers was first, so the call needs your word that nobody else is at work' },
  'format/damaged': { retryable: false, meaning: 'stored bytes do not match their own seal or their own rules' },
  'format/unsupported': { retryable: false, meaning: 'a stored version, algorithm or feature is unknown to this release' },
  'format/self-check': { retryable: false, meaning: 'what was just encoded does not decode to itself; nothing was written' },
  'repository/not-found': { retryable: false, meaning: 'there is no repository at that place' },
  'repository/exists': { retryable: false, meaning: 'there is a repository at that place already' },
  'repository/locked': { retryable: true, meaning: 'another process holds a lease that excludes this work' },
  'repository/lease-required': { retryable: false, meaning: 'the call writes and needs a lease held through withLease' },
  'repository/broken': { retryable: false, meaning: 'an earlier write failed; reopen the repository to continue' },
  'repository/pruned': { retryable: true, meaning: 'objects of the snapshot were pruned, or found damaged, meanwhile; take the snapshot again' },
  'repository/no-snapshots': { retryable: false, meaning: 'the repository holds data and not one snapshot, so the call would free everything and needs your word that this is meant' },
  'repository/key-required': { retryable: false, meaning: 'the repository is encrypted, and no passphrase or key was given that opens what was asked for' },
  'repository/wrong-key': { retryable: false, meaning: 'the passphrase or key opens none of the repository\'s key files' },
  'repository/key-outdated': { retryable: false, meaning: 'the key file that opened the repository lacks a data key that the repository was written with' },
  'object/missing': { retryable: false, meaning: 'no pack holds the object' },
  'object/damaged': { retryable: false, meaning: 'no stored copy of the object matches its identity' },
  'snapshot/not-found': { retryable: false, meaning: 'there is no snapshot with that id' },
  'snapshot/wrong-kind': { retryable: false, meaning: 'the snapshot is of another kind (tree, image) than the call needs' },
  'snapshot/path-not-found': { retryable: false, meaning: 'the snapshot has nothing at a path that was asked for' },
  'source/unreadable': { retryable: true, meaning: 'the root of the source cannot be opened or read' },
  'source/encrypted': { retryable: false, meaning: 'the source is encrypted where it lies and the repository is not, so its content would be stored in the clear' },
  'target/unusable': { retryable: false, meaning: 'the target cannot be opened, has the wrong size or is not what the call needs' },
  'target/write-failed': { retryable: true, meaning: 'the target refused a write; what was written so far stays' },
  'rollback/repository-on-target': { retryable: false, meaning: 'the repository lies on the volume that would be rolled back, or the target lies in the repository' },
  'rollback/no-room-for-safety': { retryable: false, meaning: 'the safety snapshot could not be taken; nothing was changed on the target' },
  'rollback/pending': { retryable: false, meaning: 'another rollback is unfinished; resume it first' },
  'rollback/verification-failed': { retryable: true, meaning: 'after writing, the target does not match the snapshot; the rollback stays pending' },
  'delta/wrong-base': { retryable: false, meaning: 'the base is not the one the delta was made from; nothing was written under the name of the result' },
  'worker/lost': { retryable: true, meaning: 'a worker thread ended in the middle of its work; nothing was committed' },
} as const satisfies Record<string, { retryable: boolean; meaning: string }>;

/** A stable code from the table of codes. */
export type SnapshotErrorCode = keyof typeof errorCodes;
