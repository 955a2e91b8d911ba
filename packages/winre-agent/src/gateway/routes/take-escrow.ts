import { instantAt, parseOrThrow, RecoveryError } from '@winre-kit/sdk';
import { escrowRequestSchema } from '../../protocol/index.ts';
import type { GatewayCore } from '../gateway-core.ts';
import type { EscrowRecord } from '../gateway-records.ts';
import { escrowRecordKey } from '../record-key.ts';
import { transact } from '../transact.ts';
import type { AuthenticRequest } from './authenticate-channel.ts';
import { parseJsonBody } from './read-body.ts';

/** `POST /channel/escrow`: keeps a recovery key as it comes, sealed. The newest one of a volume counts. */
export async function takeEscrow(core: GatewayCore, { device, body }: AuthenticRequest): Promise<object> {
  const upload = parseOrThrow(escrowRequestSchema, parseJsonBody(body), 'escrow');
  if (upload.escrowKeyId !== core.config.escrow?.key.keyId) throw new RecoveryError('failed-precondition', 'the recovery key is sealed to another escrow key than this gateway has: seal it to the one of the last hello', { fieldPath: 'escrowKeyId' });
  const { deviceId } = device;
  await transact(core.store, async () => {
    const known = await core.store.read('escrow', escrowRecordKey(deviceId, upload.volumeId));
    const record: EscrowRecord = { ...upload, revision: (known?.revision ?? 0) + 1, deviceId, escrowedAt: instantAt(core.clock.now()) };
    return { writes: [{ table: 'escrow', record }], result: undefined };
  });
  return {};
}
