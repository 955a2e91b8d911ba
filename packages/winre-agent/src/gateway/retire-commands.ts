import { RecoveryError, type SecretValue } from '@winre-kit/sdk';
import { commandSecretContext, continuityTokenSecret, escrowContext, protocolLimits, recoveryKeySecret, sealSecret, type OperationCommand, type Sealed } from '../protocol/index.ts';
import type { Channel } from './channel-registry.ts';
import { mintContinuityToken } from './enrolment-tokens.ts';
import { announceOperations, newId, requireEnrolled, type GatewayCore } from './gateway-core.ts';
import type { DeviceRecord, EnrolmentTokenRecord, OperationRecord } from './gateway-records.ts';
import type { GatewayWrite } from './gateway-store.ts';
import { moveOperation } from './move-operation.ts';
import { requireApprovals } from './require-approvals.ts';
import { escrowRecordKey } from './record-key.ts';
import { transact } from './transact.ts';

/** A command ready to leave, with the records that must be written first. */
interface Prepared {
  readonly command?: OperationCommand;
  readonly record: OperationRecord;
  readonly token?: EnrolmentTokenRecord;
}

/**
 * Takes what is due from the queue of a device. Each operation is retired, durably, before its command is returned: whatever happens to the answer, the
 * gateway never sends it again by itself. Called under the device's lock.
 */
export async function retireCommands(core: GatewayCore, channel: Channel): Promise<readonly OperationCommand[]> {
  const prepared = await transact(core.store, async () => {
    const device = await requireEnrolled(core.store, channel);
    const waiting = (await core.store.list('operations', { deviceId: channel.deviceId, open: true })).filter((operation) => operation.delivery === 'queued');
    const made: Prepared[] = [];
    let replyBytes = 0;
    for (const operation of waiting) {
      const sequence = device.commandSequence + made.filter((entry) => entry.command).length + 1;
      const next = await prepare(core, channel, device, operation, sequence);
      replyBytes += next.command ? JSON.stringify(next.command).length : 0;
      if (made.length > 0 && replyBytes > protocolLimits.maxReplyBytes) break;
      made.push(next);
      if (made.length >= protocolLimits.maxCommandsPerPoll) break;
    }
    const commands = made.filter((entry) => entry.command).length;
    const writes: GatewayWrite[] = made.flatMap((entry) => [{ table: 'operations' as const, record: entry.record }, ...(entry.token ? [{ table: 'tokens' as const, record: entry.token }] : [])]);
    if (commands > 0) writes.push({ table: 'devices', record: { ...device, revision: device.revision + 1, commandSequence: device.commandSequence + commands } });
    return { writes, result: made };
  });
  announceOperations(core, prepared.map((entry) => entry.record));
  return prepared.flatMap((entry) => (entry.command ? [entry.command] : []));
}

async function prepare(core: GatewayCore, channel: Channel, device: DeviceRecord, operation: OperationRecord, sequence: number): Promise<Prepared> {
  const nowMs = core.clock.now();
  if (Date.parse(operation.deliverBy) <= nowMs) return { record: expireOperation(operation, nowMs) };
  try {
    await requireApprovals(core, operation);
    const { sealedSecrets, token } = await sealForChannel(core, channel, device, operation);
    const { operationKey, planDigest, binding, approvals, deliverBy } = operation;
    return {
      command: { kind: 'operation', commandId: newId(core), sequence, operationKey, planDigest, binding, approvals: [...approvals], deliverBy, sealedSecrets },
      record: moveOperation(operation, { delivery: 'retired', state: 'accepted', rawState: 'retired', message: 'it is on its way to the device', commandSequence: sequence }, nowMs),
      ...(token && { token }),
    };
  } catch (cause) {
    if (!RecoveryError.isInstance(cause)) throw cause;
    return { record: moveOperation(operation, { delivery: 'closed', state: 'failed', rawState: cause.code, deviceCode: cause.code, message: `nothing was sent: ${cause.message}` }, nowMs) };
  }
}

/** Secrets leave the store's key for the channel's key; in between they are in memory only. */
async function sealForChannel(core: GatewayCore, channel: Channel, device: DeviceRecord, operation: OperationRecord): Promise<{ readonly sealedSecrets: Record<string, Sealed>; readonly token?: EnrolmentTokenRecord }> {
  const { operationKey, deviceId, enrolmentEpoch, tenantId } = operation;
  const { intent } = operation.binding;
  const contextOf = (name: string): ReturnType<typeof commandSecretContext> => commandSecretContext({ operationKey, deviceId, enrolmentEpoch, name });
  const values: Record<string, SecretValue> = {};
  let token: EnrolmentTokenRecord | undefined;
  for (const [name, sealed] of Object.entries(operation.secrets)) {
    values[name] = await requireEscrow(core).open(sealed, contextOf(name));
  }
  if (intent.capability === 'winre.rebuild.trigger') {
    const minted = await mintContinuityToken(core, { deviceId, operationKey, enrolmentEpoch }, tenantId, device.hardwareId);
    values[continuityTokenSecret] = minted.token;
    token = minted.record;
  }
  if (intent.capability === 'winre.keys.release') values[recoveryKeySecret] = await releaseKey(core, channel, intent.volumeId, intent.sessionId);
  const sealed = Object.entries(values).map(async ([name, value]) => [name, await sealSecret(value, channel.sealingPublicKey, contextOf(name))] as const);
  return { sealedSecrets: Object.fromEntries(await Promise.all(sealed)), ...(token && { token }) };
}

async function releaseKey(core: GatewayCore, channel: Channel, volumeId: string, sessionId: string): Promise<SecretValue> {
  if (channel.sessionId !== sessionId) throw new RecoveryError('session-lost', `the key was approved for session ${sessionId}, which is over`);
  const escrowed = await core.store.read('escrow', escrowRecordKey(channel.deviceId, volumeId));
  if (!escrowed) throw new RecoveryError('not-found', `no recovery key of volume ${volumeId} is in escrow`);
  return requireEscrow(core).open(escrowed.sealedRecoveryKey, escrowContext(escrowed));
}

function requireEscrow(core: GatewayCore): NonNullable<GatewayCore['config']['escrow']> {
  const { escrow } = core.config;
  if (!escrow) throw new RecoveryError('failed-precondition', 'this gateway has no escrow key: configure one');
  return escrow;
}

/** Nothing is delivered after its time. */
export function expireOperation(operation: OperationRecord, nowMs: number): OperationRecord {
  return moveOperation(operation, { delivery: 'closed', state: 'expired', rawState: 'expired', message: `the device did not fetch it before ${operation.deliverBy}` }, nowMs);
}
