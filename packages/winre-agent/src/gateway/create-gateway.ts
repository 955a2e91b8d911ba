import { parseOrThrow, toHex } from '@winre-kit/sdk';
import { devicePoliciesSchema, querySchema, type Query, type QueryKind, type QueryReplyOf } from '../protocol/index.ts';
import { createChallengeBook } from './challenge-book.ts';
import { createChannelRegistry } from './channel-registry.ts';
import { issueEnrolmentToken } from './enrolment-tokens.ts';
import { createEventLog } from './event-log.ts';
import { announceOperations, requireDevice, type GatewayCore } from './gateway-core.ts';
import type { Gateway, GatewayConfig } from './gateway.ts';
import { createKeyedLock } from './keyed-lock.ts';
import { createLogIntake } from './log-intake.ts';
import { cancelOperation, readOperation, reconcileOperation, watchOperation } from './operation-desk.ts';
import { createQueryDesk } from './query-desk.ts';
import { readArtifact } from './read-artifact.ts';
import { handleRequest } from './routes/handle-request.ts';
import { createSessionTracker } from './session-tracker.ts';
import { submitOperation } from './submit-operation.ts';
import { sweepGateway } from './sweep-gateway.ts';
import { applyTrustUpdate, putTenant, revoke } from './tenant-trust.ts';
import { transact } from './transact.ts';
import { createWakeHub } from './wake-hub.ts';

/**
 * Opens a gateway over a store. It is the only one on that store while it is open.
 *
 * @throws {RecoveryError} what the store throws when it cannot be read
 */
export async function createGateway(config: GatewayConfig): Promise<Gateway> {
  const closing = new AbortController();
  const core = wire(config, closing.signal);
  await core.sessions.load();
  const sweeping = sweepGateway(core);
  const { store } = core;
  const close = async (): Promise<void> => {
    closing.abort(new DOMException('the gateway was closed', 'AbortError'));
    core.polls.notifyAll();
    core.operationChanges.notifyAll();
    await sweeping;
  };
  return {
    fetch: (request) => handleRequest(core, request),
    putTenant: (settings) => putTenant(core, settings),
    applyTrustUpdate: (tenantId, update) => applyTrustUpdate(core, tenantId, update),
    revoke: (tenantId, what) => revoke(core, tenantId, what),
    issueEnrolmentToken: (request) => issueEnrolmentToken(core, request),
    readDevice: (deviceId) => requireDevice(store, deviceId),
    listDevices: (filter) => store.list('devices', filter),
    async setPolicies(deviceId, policies) {
      const parsed = parseOrThrow(devicePoliciesSchema, policies, 'policies');
      await transact(store, async () => {
        const device = await requireDevice(store, deviceId);
        return { writes: [{ table: 'devices', record: { ...device, revision: device.revision + 1, policies: parsed } }], result: undefined };
      });
      core.polls.notify(deviceId);
    },
    async query<Kind extends QueryKind>(deviceId: string, query: Query & { readonly kind: Kind }, call: { readonly signal: AbortSignal; readonly timeoutMs?: number }) {
      const parsed = parseOrThrow(querySchema, query, 'query');
      await requireDevice(store, deviceId);
      const reply = await core.queries.ask(deviceId, parsed, { signal: AbortSignal.any([call.signal, core.closed]), timeoutMs: call.timeoutMs ?? 30_000 });
      return reply as QueryReplyOf<Kind>;
    },
    submitOperation: (submission) => submitOperation(core, submission),
    cancelOperation: (tenantId, operationKey) => cancelOperation(core, tenantId, operationKey),
    reconcileOperation: (tenantId, operationKey) => reconcileOperation(core, tenantId, operationKey),
    readOperation: (tenantId, operationKey) => readOperation(core, tenantId, operationKey),
    announceOperation: async (tenantId, operationKey) => announceOperations(core, [await readOperation(core, tenantId, operationKey)]),
    listOperations: (filter) => store.list('operations', filter),
    watchOperation: (tenantId, operationKey, { signal }) => watchOperation(core, tenantId, operationKey, signal),
    listEscrow: (deviceId) => store.list('escrow', { deviceId }),
    listArtifacts: (deviceId) => store.list('artifacts', { deviceId }),
    readArtifact: (artifactId) => readArtifact(core, artifactId),
    sessions: {
      watch: (request, { signal }) => core.events.watch(request, () => core.sessions.standing(), signal),
      async *list() {
        yield* await Promise.resolve(core.sessions.list());
      },
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function wire(config: GatewayConfig, closed: AbortSignal): GatewayCore {
  const { store, clock, logger, heartbeatEveryMs = 15_000, endSessionAfterMs = 30 * 60_000, logWindowBytes = 262_144, keepEvents = 10_000, keepEventBytes = 32 * 1_048_576, artifactBytesPerDevice = 256 * 1_048_576 } = config;
  const newId = (): string => toHex(config.randomBytes(16));
  const polls = createWakeHub();
  const events = createEventLog({ streamId: newId(), keepEvents, keepEventBytes, clock, closed });
  return {
    config,
    store,
    clock,
    logger,
    heartbeatEveryMs,
    artifactBytesPerDevice,
    lock: createKeyedLock(),
    polls,
    operationChanges: createWakeHub(),
    channels: createChannelRegistry(),
    challenges: createChallengeBook(clock, config.randomBytes),
    sessions: createSessionTracker({ store, clock, heartbeatEveryMs, endSessionAfterMs, newId, ...(config.nameDevicesBy && { nameDevicesBy: config.nameDevicesBy }) }, events),
    events,
    queries: createQueryDesk(clock, newId, (deviceId) => polls.notify(deviceId)),
    logs: createLogIntake(logWindowBytes, logger),
    closed,
  };
}
