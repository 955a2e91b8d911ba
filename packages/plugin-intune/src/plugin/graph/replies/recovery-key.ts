import type { BitlockerRecoveryKey, VolumeType } from '@microsoft/microsoft-graph-types';
import { SecretValue } from '@winre-kit/sdk';
import { z } from 'zod';
import { evolvable } from '../evolvable.ts';
import { graphEntity, instant, text } from '../graph-entity.ts';

/** That a BitLocker key is escrowed, without the key (v1.0). `deviceId` is the device's id in Entra, not in Intune. */
export const recoveryKeySchema = graphEntity<BitlockerRecoveryKey>()({
  id: z.string(),
  deviceId: text,
  createdDateTime: instant,
  volumeType: evolvable(['operatingSystemVolume', 'fixedDataVolume', 'removableDataVolume'] satisfies VolumeType[]).nullish(),
});

/** The key itself, for `$select=key`, which may leave the id out; Microsoft's audit log notes who reads it. */
export const releasedRecoveryKeySchema = graphEntity<BitlockerRecoveryKey>()({
  key: z.string().optional().transform((key) => (key === undefined ? undefined : new SecretValue(key))),
});
