import { RecoveryError, toHex, type Clock, type Logger } from '@winre-kit/sdk';
import type { ChallengeBook } from './challenge-book.ts';
import type { ChannelRegistry } from './channel-registry.ts';
import type { EventLog } from './event-log.ts';
import type { GatewayConfig } from './gateway.ts';
import type { GatewayStore } from './gateway-store.ts';
import type { DeviceRecord, OperationRecord, TenantRecord } from './gateway-records.ts';
import type { KeyedLock } from './keyed-lock.ts';
import type { LogIntake } from './log-intake.ts';
import type { QueryDesk } from './query-desk.ts';
import type { SessionTracker } from './session-tracker.ts';
import type { WakeHub } from './wake-hub.ts';

/** The rooms of a gateway, wired once by `createGateway`. */
export interface GatewayCore {
  readonly config: GatewayConfig;
  readonly store: GatewayStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly heartbeatEveryMs: number;
  readonly artifactBytesPerDevice: number;
  /** One task per device at a time. */
  readonly lock: KeyedLock;
  /** Keyed by device id: something may wait for its poll. */
  readonly polls: WakeHub;
  /** Keyed by record key: the report has changed. */
  readonly operationChanges: WakeHub;
  readonly channels: ChannelRegistry;
  readonly challenges: ChallengeBook;
  readonly sessions: SessionTracker;
  readonly events: EventLog;
  readonly queries: QueryDesk;
  readonly logs: LogIntake;
  /** Aborted by `close`. */
  readonly closed: AbortSignal;
}

/** 32 hexadecimal digits that nobody can guess. */
export function newId(core: Pick<GatewayCore, 'config'>): string {
  return toHex(core.config.randomBytes(16));
}

/** @throws {RecoveryError} `not-found` */
export async function requireDevice(store: GatewayStore, deviceId: string): Promise<DeviceRecord> {
  const device = await store.read('devices', deviceId);
  if (!device) throw new RecoveryError('not-found', `no device ${deviceId} is enrolled here`);
  return device;
}

/** The device of a channel, as long as it is in the enrolment that the channel was opened in. @throws {RecoveryError} `enrolment-changed` */
export async function requireEnrolled(store: GatewayStore, channel: { readonly deviceId: string; readonly enrolmentEpoch: string }): Promise<DeviceRecord> {
  const device = await store.read('devices', channel.deviceId);
  if (device?.enrolmentEpoch !== channel.enrolmentEpoch) throw new RecoveryError('enrolment-changed', 'the device was enrolled anew since this channel was opened');
  return device;
}

/** @throws {RecoveryError} `not-found` */
export async function requireTenant(store: GatewayStore, tenantId: string): Promise<TenantRecord> {
  const tenant = await store.read('tenants', tenantId);
  if (!tenant) throw new RecoveryError('not-found', `no tenant ${tenantId} is set up here`);
  return tenant;
}

/** Lets everybody know about operations that were written. */
export function announceOperations(core: GatewayCore, operations: readonly OperationRecord[]): void {
  for (const operation of operations) {
    core.sessions.announceOperation(operation);
    core.operationChanges.notify(`${operation.tenantId} ${operation.operationKey}`);
  }
}
