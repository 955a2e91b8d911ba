import { instantAt, isSignedBy, parseOrThrow, RecoveryError } from '@winre-kit/sdk';
import { challengeRequestSchema, helloRequestSchema, signTime, type ChallengeReply, type HelloReply, type HelloRequest } from '../../protocol/index.ts';
import { newsVersionOf, settingsVersionOf } from '../device-news.ts';
import { newId, requireTenant, type GatewayCore } from '../gateway-core.ts';
import type { DeviceRecord, TenantRecord } from '../gateway-records.ts';
import { settleChannel } from '../settle-channel.ts';
import { requireNotRevoked, signedRevocationsOf } from '../tenant-trust.ts';
import { transact } from '../transact.ts';

/** `POST /challenge`. */
export function issueChallenge(core: GatewayCore, body: unknown): Promise<ChallengeReply> {
  const { deviceId } = parseOrThrow(challengeRequestSchema, body, 'challenge');
  const { challenge, expiresInMs } = core.challenges.issue(deviceId);
  return Promise.resolve({ challenge, expiresAt: instantAt(core.clock.now() + expiresInMs) });
}

/** `POST /channel`: opens a channel, settles what became of earlier commands, and opens or resumes the session. */
export async function openChannel(core: GatewayCore, body: unknown): Promise<HelloReply> {
  const hello = parseOrThrow(helloRequestSchema, body, 'hello');
  const { statement } = hello;
  if (!core.challenges.take(statement.challenge, statement.deviceId)) throw new RecoveryError('unauthenticated', 'the challenge is not open: it was used, is too old, or was given before a restart; ask for another one', { facts: { reason: 'challenge' } });
  return core.lock.run(statement.deviceId, async () => {
    const { device, tenant } = await requireHello(core, hello);
    await settleChannel(core, device, {
      lastCommandSequence: statement.lastCommandSequence,
      stateGeneration: statement.stateGeneration,
      openOperationKeys: new Set(statement.openOperations.map((operation) => operation.operationKey)),
    });
    const seen = await recordSeen(core, device.deviceId, statement.osBuild);
    const sessionId = await core.sessions.hello(seen, statement);
    const channel = core.channels.open(newId(core), seen, statement, sessionId, await newsVersionOf(seen, tenant));
    // A poll of the channel before must not wait any longer.
    core.polls.notify(device.deviceId);
    return {
      channelId: channel.channelId,
      ...(sessionId !== undefined && { sessionId }),
      heartbeatEveryMs: core.heartbeatEveryMs,
      logWindowBytes: core.logs.window(device.deviceId, statement.bootId).windowBytes,
      lastLogSequence: core.logs.lastTaken(device.deviceId, statement.bootId),
      time: await signTime(statement.timeNonce, core.clock.now(), core.config.signer),
      revocations: await signedRevocationsOf(core, tenant),
      trustUpdates: tenant.trustUpdates.filter((update) => update.statement.sequence > statement.trustSequence),
      ...(core.config.escrow && { escrowKey: core.config.escrow.key }),
      policies: seen.policies,
      consent: tenant.consent,
      settingsVersion: await settingsVersionOf(seen, tenant),
    };
  });
}

async function requireHello(core: GatewayCore, { statement, signature }: HelloRequest): Promise<{ readonly device: DeviceRecord; readonly tenant: TenantRecord }> {
  const device = await core.store.read('devices', statement.deviceId);
  if (device && device.enrolmentEpoch !== statement.enrolmentEpoch) throw new RecoveryError('enrolment-changed', 'the device was enrolled anew: this enrolment is over');
  // One answer for a device that does not exist and for a key that is not its own.
  if (!device || !(await isSignedBy(device.devicePublicKey, statement, signature))) throw new RecoveryError('unauthenticated', 'the hello is not signed by the key of an enrolled device', { facts: { reason: 'bad-signature' } });
  const tenant = await requireTenant(core.store, device.tenantId);
  requireNotRevoked(tenant, device.deviceId);
  return { device, tenant };
}

async function recordSeen(core: GatewayCore, deviceId: string, osBuild: string | undefined): Promise<DeviceRecord> {
  return transact(core.store, async () => {
    const device = await core.store.read('devices', deviceId);
    if (!device) throw new RecoveryError('not-found', `no device ${deviceId}`);
    const record: DeviceRecord = { ...device, revision: device.revision + 1, lastSeenAt: instantAt(core.clock.now()), ...(osBuild !== undefined && { osBuild }) };
    return { writes: [{ table: 'devices', record }], result: record };
  });
}
