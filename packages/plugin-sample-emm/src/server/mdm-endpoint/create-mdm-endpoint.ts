import { instantAt, RecoveryError, type Logger } from '@winre-kit/sdk';
import { decodeSyncMl, editionOfProductCode, encodeSyncMl, syncMlContentType, type SyncMlMessage } from '@winre-kit/sdk/windows';
import type { Peer } from '../https-listener.ts';
import { createKeyedQueue } from '../keyed-queue.ts';
import { readBoundedBody } from '../read-bounded-body.ts';
import { throttleLog } from '../throttle-log.ts';
import type { AdminAuditStore } from '../store/admin-audit-store.ts';
import type { MdmCertificate, MdmCertificateStore } from '../store/mdm-certificate-store.ts';
import type { MdmExecStore } from '../store/mdm-exec-store.ts';
import type { MdmSessionStore } from '../store/mdm-session-store.ts';
import { carryNetworks, expireCarried, settleNetworks, takeBack, type NetworkCarrier } from './carry-networks.ts';
import { openDesiredState, readDesiredState } from './desired-state.ts';
import { createClientCertificateJudge } from './client-certificate-judge.ts';
import { forgetFormerNetworks } from './forget-former-networks.ts';
import type { MdmEffect } from './mdm-session.ts';
import type { MdmTurn } from './mdm-turn.ts';
import { firstMessageId, planMdmTurn } from './plan-mdm-turn.ts';
import type { UnfinishedSessions } from './unfinished-sessions.ts';

/** What the MDM endpoint works with. */
export interface MdmEndpointServices extends NetworkCarrier {
  readonly certificates: MdmCertificateStore;
  readonly sessions: MdmSessionStore;
  readonly execs: MdmExecStore;
  readonly audit: AdminAuditStore;
  readonly authorityPem: string;
  readonly unfinished: UnfinishedSessions;
  readonly logger: Logger;
}

/** The longest message that is read; clients are told. */
const maxMessageBytes = 524_288;
const maxAttempts = 8;

/**
 * Where MS-MDM sessions are held. Whoever comes is known by the client certificate of an enrolment, and gets nowhere without: no message is read before.
 * What a message changes is on the disk before its answer leaves.
 */
export function createMdmEndpoint(services: MdmEndpointServices): (request: Request, peer: Peer) => Promise<Response> {
  const { store, certificates, clock, unfinished } = services;
  const logger = throttleLog(services.logger, clock);
  const judge = createClientCertificateJudge({
    authorityPem: services.authorityPem,
    find: (thumbprint) => certificates.find(thumbprint),
    isDeviceRevoked: async ({ tenantId, deviceId }) => (await store.read('tenants', tenantId))?.revocations.revokedDeviceIds.includes(deviceId) ?? true,
  });
  const inTurn = createKeyedQueue();

  const takeMessage = async (device: MdmCertificate, message: SyncMlMessage): Promise<SyncMlMessage> => {
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const reply = await tryMessage(device, message);
      if (reply) return reply;
    }
    throw new RecoveryError('unavailable', 'the device keeps being changed by somebody else; the client comes again');
  };

  /** Nothing when somebody else changed the device meanwhile. */
  const tryMessage = async (device: MdmCertificate, message: SyncMlMessage): Promise<SyncMlMessage | undefined> => {
    const { deviceId, tenantId, thumbprint } = device;
    const { sessionId, messageId } = message.header;
    // Also before anything is prepared for the device: it may have left, or come back with another certificate, while this message waited.
    requireNotRevoked(certificates, thumbprint);
    const record = await store.read('devices', deviceId);
    if (!record) throw new RecoveryError('not-found', `device ${deviceId} is gone`);
    const stored = services.sessions.readSession(deviceId);
    const current = unfinished.get(deviceId, thumbprint) ?? stored?.now;
    const isSame = current?.sessionId === sessionId;
    const isRepeated = isSame && current.clientMessageId === messageId;
    if (!isSame || (messageId === firstMessageId && !isRepeated)) {
      await expireCarried(services, deviceId);
      await forgetFormerNetworks(services, record);
      await carryNetworks(services, record);
    }
    const desired = readDesiredState(services.settings, record);
    const before = isRepeated ? stored?.before : current;
    const now = instantAt(clock.now());
    const turn = planMdmTurn(before, message, {
      desired: await openDesiredState(desired, tenantId, services.escrow),
      fingerprint: desired.fingerprint,
      leftOut: desired.leftOut,
      removes: desired.removes,
      edition: device.osEdition === null ? 'other' : editionOfProductCode(device.osEdition),
      report: services.sessions.readReport(deviceId),
      execs: services.execs.list(deviceId),
      now,
      maxMessageBytes,
    });
    const { osBuild = record.osBuild } = turn.report;
    const seen = { ...record, revision: record.revision + 1, lastSeenAt: now, ...(osBuild !== undefined && { osBuild }) };
    const carried = (await store.list('operations', { deviceId, open: true })).filter(({ carriedBy }) => carriedBy === 'mdm');
    const settled = settleNetworks(carried, turn.report, desired, clock.now());
    const isWritten = await store.commitWith([{ table: 'devices', record: seen }, ...settled.map((operation) => ({ table: 'operations' as const, record: operation }))], () => {
      requireNotRevoked(certificates, thumbprint);
      services.sessions.write(deviceId, { before, now: turn.session }, turn.report);
      for (const effect of turn.effects) apply(services, device, turn, effect, now);
      takeBack(services.settings, settled, carried);
    });
    if (!isWritten) return undefined;
    for (const { operationKey } of settled) await services.gateway.announceOperation(tenantId, operationKey);
    if (turn.session.partial || turn.session.results.length > 0) unfinished.set(deviceId, thumbprint, turn.session);
    else unfinished.delete(deviceId);
    return turn.reply;
  };

  return async (request, peer) => {
    const verdict = await judge(peer.clientCertificate, clock.now());
    if (!verdict.enrolled) {
      logger.log('warn', 'an MDM client was refused', { code: 'unauthenticated', refusal: verdict.refusal });
      return new Response(null, { status: 403, headers: { connection: 'close' } });
    }
    const { enrolled } = verdict;
    const bytes = await readBoundedBody(request, maxMessageBytes);
    if (bytes === undefined) return new Response(null, { status: 413, headers: { connection: 'close' } });
    try {
      const message = decodeSyncMl(bytes, { contentType: request.headers.get('content-type') ?? '', maxBytes: maxMessageBytes });
      const reply = await inTurn(enrolled.deviceId, () => takeMessage(enrolled, message));
      return new Response(encodeSyncMl(reply), { headers: { 'content-type': syncMlContentType, 'cache-control': 'no-store' } });
    } catch (error) {
      const known = RecoveryError.isInstance(error) ? error.code : undefined;
      const status = known === undefined ? 500 : statusOf(known);
      logger.log(status === 500 ? 'error' : 'warn', 'an MDM message was not answered', { deviceId: enrolled.deviceId, ...(known === undefined ? { cause: error } : { code: known }) });
      return new Response(null, { status, headers: { 'cache-control': 'no-store' } });
    }
  };
}

function statusOf(code: string): number {
  if (code === 'invalid-argument') return 400;
  if (code === 'unsupported') return 415;
  if (code === 'unauthenticated') return 403;
  return code === 'unavailable' ? 503 : 500;
}

/** @throws {RecoveryError} `unauthenticated`; inside a transaction nothing is written then */
function requireNotRevoked(certificates: MdmCertificateStore, thumbprint: string): void {
  if (!certificates.isInForce(thumbprint)) throw new RecoveryError('unauthenticated', 'the certificate was revoked while the message was read');
}

/** Writes what a turn did. Runs inside the transaction that comes before the answer. */
function apply({ execs, certificates, audit }: MdmEndpointServices, device: MdmCertificate, turn: MdmTurn, effect: MdmEffect, at: string): void {
  const { deviceId, tenantId } = device;
  const record = (method: string, path: string, status: number): void => {
    audit.append({ at, tenantId, principal: `device ${deviceId}`, method: `MDM ${method}`, path, permission: null, status, code: null, correlationId: `${turn.session.sessionId}.${turn.session.messageId}` });
  };
  switch (effect.kind) {
    case 'sent':
      record(`send ${effect.name}`, effect.uri, 202);
      break;
    case 'answered':
      record(effect.name, effect.uri, effect.status);
      break;
    case 'exec-sent':
      execs.markSent(deviceId, effect.execKey, at);
      break;
    case 'exec-settled':
      execs.settle(deviceId, effect.execKey, { state: effect.state, at, ...(effect.status !== undefined && { status: effect.status }) });
      break;
    case 'finished':
      record('finish', effect.uri, effect.state === 'done' ? 200 : 500);
      break;
    case 'unenrolled':
      if (certificates.revokeOne(device.thumbprint, 'unenrolled', at)) record('unenrol', deviceId, 200);
      break;
  }
}
