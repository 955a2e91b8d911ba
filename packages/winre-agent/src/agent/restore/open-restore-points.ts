import { RecoveryError, type Clock } from '@winre-kit/sdk';
import { createRepository, openRepository, SnapshotError, type Repository } from '@winre-kit/snapshot-core';

/** What the storage engine takes of the lent services. */
export interface EngineServices {
  readonly clock: Clock;
  readonly randomBytes: (lengthBytes: number) => Uint8Array;
}

/** @throws {SnapshotError} `repository/not-found`, `format/*`, `storage/*` */
export async function openRepositoryAt(path: string, { clock, randomBytes }: EngineServices): Promise<Repository> {
  return openRepository({ path, randomBytes, clock: { nowMs: () => clock.now(), sleep: (durationMs, call) => clock.sleep(durationMs, call) } });
}

/** As {@link openRepositoryAt}, but undefined when there is none: before its first restore point a device has no repository. */
export async function openRepositoryIfPresent(path: string, services: EngineServices): Promise<Repository | undefined> {
  try {
    return await openRepositoryAt(path, services);
  } catch (error) {
    if (!SnapshotError.isInstance(error) || error.code !== 'repository/not-found') throw error;
    return undefined;
  }
}

/** Opens the device's own repository of restore points; the first call on a device creates it. */
export async function openOrCreateRepositoryAt(path: string, services: EngineServices): Promise<Repository> {
  return (await openRepositoryIfPresent(path, services)) ?? createRepository({ path, randomBytes: services.randomBytes });
}

/** The repository behind a media location. @throws {RecoveryError} `unsupported` for anything but a folder of this machine */
export async function openMediaRepository(location: string, services: EngineServices): Promise<Repository> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(location)) throw new RecoveryError('unsupported', `media at ${location}: this agent reads repositories in local folders only`);
  return openRepositoryAt(location, services);
}
