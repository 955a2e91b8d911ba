import { instantAt, parseOrThrow, RecoveryError } from '@winre-kit/sdk';
import { escrowRequestSchema, protocolLimits } from '../../protocol/index.ts';
import type { GatewayCore } from '../gateway-core.ts';
import type { EscrowRecord } from '../gateway-records.ts';
import { transact } from '../transact.ts';
import type { AuthenticRequest } from './authenticate-channel.ts';
import { parseJsonBody } from './read-body.ts';

/** `POST /channel/escrow`: keeps a recovery key as it comes, sealed. The newest one of a volume counts; those before are kept. */
export async function takeEscrow(core: GatewayCore, { device, body }: AuthenticRequest): Promise<object> {
  const upload = parseOrThrow(escrowRequestSchema, parseJsonBody(body), 'escrow');
  if (upload.escrowKeyId !== core.config.escrow?.key.keyId) throw new RecoveryError('failed-precondition', 'the recovery key is sealed to another escrow key than this gateway has: seal it to the one of the last hello', { fieldPath: 'escrowKeyId' });
  const { deviceId } = device;
  await transact(core.store, async () => {
    const held = await core.store.list('escrow', { deviceId });
    const count = held.reduce((sum, { former = [] }) => sum + 1 + former.length, 0);
    if (count >= protocolLimits.maxEscrowedKeys) throw new RecoveryError('resource-exhausted', `${count} recovery keys of device ${deviceId} are in escrow: one that sends so many is broken or in wrong hands`, { retry: 'never-unchanged', facts: { limit: protocolLimits.maxEscrowedKeys } });
    const known = held.find(({ volumeId }) => volumeId === upload.volumeId);
    const replaced = known && { keyId: known.keyId, escrowKeyId: known.escrowKeyId, sealedRecoveryKey: known.sealedRecoveryKey, escrowedAt: known.escrowedAt };
    const record: EscrowRecord = { ...upload, revision: (known?.revision ?? 0) + 1, deviceId, escrowedAt: instantAt(core.clock.now()), ...(replaced && { former: [...(known.former ?? []), replaced] }) };
    return { writes: [{ table: 'escrow', record }], result: undefined };
  });
  return {};
}
