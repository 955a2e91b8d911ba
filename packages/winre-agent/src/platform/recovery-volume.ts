import type { SecretValue } from '@winre-kit/sdk';

/** What can be seen of a volume without opening it. */
export interface VolumeStatus {
  readonly volumeId: string;
  readonly encrypted: boolean;
  /** A locked volume refuses every access until it is unlocked with a recovery key. */
  readonly locked: boolean;
  /** Ids of the recovery keys that open it; never the keys. */
  readonly recoveryKeyIds: readonly string[];
  /** Free bytes where the volume lies; undefined when it cannot be asked. */
  readonly freeBytes: number | undefined;
}

/** The operating system volume of the device. */
export interface RecoveryVolume {
  readonly volumeId: string;
  /** Where it is mounted, for the check that nothing of the agent lies inside. Reading below it goes through {@link root}. */
  readonly mountPoint: string;
  /** Why restore points, restore and rebuild are not possible here; undefined where they are. */
  readonly restoreUnsupported: string | undefined;
  status(): Promise<VolumeStatus>;
  /** The mounted root. @throws {RecoveryError} `failed-precondition` while the volume is locked */
  root(): Promise<string>;
  /** @throws {RecoveryError} `permission-denied` when no recovery key of the volume has this value */
  unlock(recoveryKey: SecretValue): Promise<void>;
  /** Removes everything below the root, as formatting does: also on a locked volume, and recovery keys go too. Resumable: what is gone already is skipped. */
  empty(): Promise<void>;
  /** Adds a recovery key beside the present ones, which stay valid until {@link keepOnlyRecoveryKey}. */
  addRecoveryKey(): Promise<{ readonly keyId: string; readonly key: SecretValue }>;
  /** Invalidates every other recovery key. Idempotent. */
  keepOnlyRecoveryKey(keyId: string): Promise<void>;
}
