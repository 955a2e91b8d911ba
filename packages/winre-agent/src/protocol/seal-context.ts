import type { SealContext } from './sealed-secret.ts';

/** Binds a secret in a command to one operation on one enrolment of one device. */
export function commandSecretContext(target: { readonly operationKey: string; readonly deviceId: string; readonly enrolmentEpoch: string; readonly name: string }): SealContext {
  const { operationKey, deviceId, enrolmentEpoch, name } = target;
  return { kind: 'winre-command-secret/v1', operationKey, deviceId, enrolmentEpoch, name };
}

/** Binds an escrowed recovery key to its volume. */
export function escrowContext(target: { readonly deviceId: string; readonly volumeId: string; readonly keyId: string }): SealContext {
  const { deviceId, volumeId, keyId } = target;
  return { kind: 'winre-escrow/v1', deviceId, volumeId, keyId };
}

/** The name of the secret that carries the continuity token of a rebuild. */
export const continuityTokenSecret = 'continuity-token';
/** The name of the secret that carries a released recovery key. */
export const recoveryKeySecret = 'recovery-key';
