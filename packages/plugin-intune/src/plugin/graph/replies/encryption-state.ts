import type { AdvancedBitLockerState, EncryptionReadinessState, EncryptionState, ManagedDeviceEncryptionState } from '@microsoft/microsoft-graph-types-beta';
import { z } from 'zod';
import { evolvable, evolvableFlags } from '../evolvable.ts';
import { graphEntity, text } from '../graph-entity.ts';

/** How the disk is encrypted (beta); the id is the managed device's. `windowsRecoveryEnvironmentNotConfigured` is all that Graph knows about WinRE. */
export const encryptionStateSchema = graphEntity<ManagedDeviceEncryptionState>()({
  id: z.string(),
  deviceName: text,
  osVersion: text,
  encryptionState: evolvable(['notEncrypted', 'encrypted'] satisfies EncryptionState[]).nullish(),
  encryptionReadinessState: evolvable(['notReady', 'ready'] satisfies EncryptionReadinessState[]).nullish(),
  advancedBitLockerStates: evolvableFlags([
    'success', 'noUserConsent', 'osVolumeUnprotected', 'osVolumeTpmRequired', 'osVolumeTpmOnlyRequired', 'osVolumeTpmPinRequired', 'osVolumeTpmStartupKeyRequired',
    'osVolumeTpmPinStartupKeyRequired', 'osVolumeEncryptionMethodMismatch', 'recoveryKeyBackupFailed', 'fixedDriveNotEncrypted', 'fixedDriveEncryptionMethodMismatch',
    'loggedOnUserNonAdmin', 'windowsRecoveryEnvironmentNotConfigured', 'tpmNotAvailable', 'tpmNotReady', 'networkError',
  ] satisfies AdvancedBitLockerState[]).nullish(),
});
