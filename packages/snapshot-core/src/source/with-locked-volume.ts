import { SnapshotError } from '../errors/snapshot-error.ts';
import type { VolumePort } from './volume-port.ts';

/**
 * Runs work that overwrites a volume while nobody else uses it: locked, then dismounted, and unlocked in any case. A volume
 * without these hooks is not shared with anybody.
 *
 * @throws {SnapshotError} `target/unusable` when it cannot be locked or dismounted; the work was not begun
 */
export async function withLockedVolume<T>(volume: VolumePort, work: () => Promise<T>): Promise<T> {
  await volume.lock?.().catch((cause: unknown) => refuse(volume, 'locked', cause));
  try {
    await volume.dismount?.().catch((cause: unknown) => refuse(volume, 'dismounted', cause));
    return await work();
  } finally {
    await volume.unlock?.();
  }
}

function refuse(volume: VolumePort, what: string, cause: unknown): never {
  throw new SnapshotError('target/unusable', `${volume.description} cannot be ${what}: ${String(cause)}; close what uses it, then run this again`, { cause });
}
