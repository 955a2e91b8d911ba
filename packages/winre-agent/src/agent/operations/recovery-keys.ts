import { RecoveryError } from '@winre-kit/sdk';
import { escrowContext, recoveryKeySecret, sealSecret } from '../../protocol/index.ts';
import type { AgentServices } from '../agent-services.ts';
import type { PrepareOperation } from './operation-handler.ts';

/** Unlocks the volume with its escrowed key, which came sealed to this channel and is forgotten right afterwards. */
export function prepareKeyRelease(services: AgentServices): PrepareOperation<'winre.keys.release'> {
  const { volume } = services.platform;
  return async ({ intent, secret }) => {
    requireVolume(services, intent.volumeId);
    const status = await volume.status();
    if (!status.encrypted) throw new RecoveryError('failed-precondition', `volume ${volume.volumeId} is not encrypted: there is nothing to unlock`);
    const key = await secret(recoveryKeySecret);
    return async () => {
      await volume.unlock(key);
      services.unlocked.notify();
      return { state: 'succeeded', rawState: 'unlocked', message: `volume ${volume.volumeId} is unlocked for this session`, evidence: { kind: 'volume-unlocked', detail: { volumeId: volume.volumeId } } };
    };
  };
}

/** Replaces the recovery key by a new one that is in escrow. */
export function prepareKeyRotation(services: AgentServices): PrepareOperation<'winre.keys.escrow'> {
  return async () => {
    const { volumeId, encrypted, locked } = await services.platform.volume.status();
    if (!encrypted) throw new RecoveryError('failed-precondition', `volume ${volumeId} is not encrypted: it has no recovery key`);
    if (locked) throw new RecoveryError('failed-precondition', `volume ${volumeId} is locked: its recovery key cannot be replaced`, { facts: { unmet: ['volume-unlocked'] } });
    requireEscrowKey(services);
    return async (stage) => {
      const keyId = await escrowNewRecoveryKey(services, stage.signal);
      return { state: 'succeeded', rawState: 'rotated', message: `volume ${volumeId} has a new recovery key, which is in escrow`, evidence: { kind: 'recovery-key-escrowed', detail: { volumeId, keyId } } };
    };
  };
}

/**
 * Gives the volume a new recovery key. The old ones stay valid until the gateway has the new one, so at no moment is there none in escrow that opens it.
 *
 * @returns the id of the new key
 */
export async function escrowNewRecoveryKey(services: AgentServices, signal: AbortSignal): Promise<string> {
  const { platform: { volume }, link, enrolment } = services;
  const escrowKey = requireEscrowKey(services);
  const { channel } = link;
  if (!channel) throw new RecoveryError('session-lost', 'there is no channel to send the recovery key through');
  const { keyId, key } = await volume.addRecoveryKey();
  const { volumeId } = volume;
  const { deviceId } = enrolment.current;
  const sealedRecoveryKey = await sealSecret(key, escrowKey.publicKey, escrowContext({ deviceId, volumeId, keyId }));
  await channel.post('escrow', { volumeId, keyId, escrowKeyId: escrowKey.keyId, sealedRecoveryKey }, { signal });
  await services.escrowedKey.write({ keyId });
  await volume.keepOnlyRecoveryKey(keyId);
  return keyId;
}

function requireVolume({ platform }: AgentServices, volumeId: string): void {
  if (platform.volume.volumeId !== volumeId) throw new RecoveryError('not-found', `this device has no volume ${volumeId}; it has ${platform.volume.volumeId}`);
}

function requireEscrowKey({ enrolment }: AgentServices): { readonly keyId: string; readonly publicKey: string } {
  const { escrowKey } = enrolment.current;
  if (!escrowKey) throw new RecoveryError('failed-precondition', 'the gateway has no escrow: a new recovery key would be known to nobody', { facts: { unmet: ['recovery-key-escrowed'] } });
  return escrowKey;
}
