import { isTerminalState, type Clock } from '@winre-kit/sdk';
import { judgeWinreNetwork, winreNetworkSchema, type WifiProfile } from '@winre-kit/sdk/windows';
import { moveOperation, type DeviceRecord, type EscrowOpener, type Gateway, type OperationRecord } from '@winre-kit/winre-agent/gateway';
import { commandSecretContext } from '@winre-kit/winre-agent/protocol';
import type { MdmSettingsStore } from '../store/mdm-settings-store.ts';
import type { SqliteGatewayStore } from '../store/sqlite-gateway-store.ts';
import { maxNetworks, readDesiredState, type DesiredState } from './desired-state.ts';
import type { MdmReport } from './mdm-session.ts';
import { sealNetwork } from './network-secrets.ts';

/** What carrying needs. */
export interface NetworkCarrier {
  readonly store: SqliteGatewayStore;
  readonly settings: MdmSettingsStore;
  readonly escrow: EscrowOpener;
  readonly gateway: Pick<Gateway, 'announceOperation'>;
  readonly clock: Clock;
}

/**
 * Makes the Wi-Fi networks that wait for a device part of its desired state, when the device is not in WinRE: its MDM client then brings what its agent
 * cannot. An operation leaves the queue in the same step, so that the agent does not get it as well. What only an agent can make WinRE join, and what the device
 * has no room for by MDM, stays for the agent.
 */
export async function carryNetworks(carrier: NetworkCarrier, device: DeviceRecord): Promise<void> {
  const { store, settings, escrow, gateway, clock } = carrier;
  const { deviceId, tenantId, enrolmentEpoch } = device;
  if ((await store.list('sessions', { deviceId, open: true })).length > 0) return;
  const waiting = (await store.list('operations', { deviceId, open: true })).filter(({ delivery }) => delivery === 'queued');
  for (const operation of waiting) {
    const { operationKey } = operation;
    const profile = wifiProfileOf(operation);
    if (!profile || !judgeWinreNetwork(profile).isAllowed || operation.enrolmentEpoch !== enrolmentEpoch || isOver(operation, clock.now())) continue;
    if (!hasRoom(readDesiredState(settings, device), profile.ssid)) continue;
    const secretName = 'key' in profile ? profile.key.secret : undefined;
    const sealedKey = secretName === undefined ? undefined : operation.secrets[secretName];
    const key = sealedKey && secretName !== undefined ? await escrow.open(sealedKey, commandSecretContext({ operationKey, deviceId, enrolmentEpoch, name: secretName })) : undefined;
    const network = await sealNetwork({ profile, ...(key && { key }) }, tenantId, `device:${deviceId}`, escrow);
    const moved = moveOperation(operation, { delivery: 'received', state: 'delivered', rawState: 'mdm-desired', message: 'the network is part of what the device gets in its MDM session' }, clock.now());
    const isWritten = await store.commitWith([{ table: 'operations', record: { ...moved, carriedBy: 'mdm' } }], () => settings.putNetwork(deviceId, profile.ssid, { ...network, operationKey }));
    // Otherwise it was cancelled or fetched meanwhile.
    if (isWritten) await gateway.announceOperation(tenantId, operationKey);
  }
}

/** What is known of carried operations after a session: those that ended, because the device has the network, never will, or their time is over. Pure. */
export function settleNetworks(carried: readonly OperationRecord[], report: MdmReport, desired: DesiredState, nowMs: number): readonly OperationRecord[] {
  if (report.lastSession.outcome === 'running') return [];
  return carried.flatMap((operation) => {
    const { ssid } = wifiProfileOf(operation) ?? {};
    if (operation.carriedBy !== 'mdm' || ssid === undefined || isTerminalState(operation.report.state)) return [];
    const isThere = report.actual?.networks.some((network) => network.ssid === ssid) === true && report.appliedFingerprint === desired.fingerprint;
    if (isThere) return [succeeded(operation, ssid, report, nowMs)];
    const reason = whyNever(ssid, report, desired);
    if (reason !== undefined) return [moveOperation(operation, { delivery: 'closed', state: 'failed', rawState: 'not-expressed', deviceCode: 'unsupported', message: reason }, nowMs)];
    return isOver(operation, nowMs) ? [expired(operation, nowMs)] : [];
  });
}

/** Ends the carried operations whose time is over although the device did not come, and takes their networks back. @param deviceId of all devices when not given */
export async function expireCarried({ store, settings, gateway, clock }: NetworkCarrier, deviceId?: string): Promise<void> {
  const open = await store.list('operations', { open: true, ...(deviceId !== undefined && { deviceId }) });
  const carried = open.filter(({ carriedBy }) => carriedBy === 'mdm');
  const over = carried.filter((operation) => isOver(operation, clock.now())).map((operation) => expired(operation, clock.now()));
  if (over.length === 0) return;
  const isWritten = await store.commitWith(over.map((record) => ({ table: 'operations' as const, record })), () => takeBack(settings, over, carried));
  // Otherwise a session settled one of them meanwhile; the others end the next time.
  if (isWritten) for (const { tenantId, operationKey } of over) await gateway.announceOperation(tenantId, operationKey);
}

/**
 * Takes networks back whose operations came to nothing, unless another operation wants the same one. Runs inside the transaction that ends them.
 *
 * @param carried every carried operation that was open before
 */
export function takeBack(settings: Pick<MdmSettingsStore, 'removeNetwork'>, ended: readonly OperationRecord[], carried: readonly OperationRecord[]): void {
  const cameToNothing = ({ report: { state } }: OperationRecord): boolean => isTerminalState(state) && state !== 'succeeded';
  const now = carried.map((operation) => ended.find(({ tenantId, operationKey }) => tenantId === operation.tenantId && operationKey === operation.operationKey) ?? operation);
  for (const operation of ended.filter(cameToNothing)) {
    const ssid = wifiProfileOf(operation)?.ssid;
    const isWanted = now.some((other) => other.deviceId === operation.deviceId && wifiProfileOf(other)?.ssid === ssid && !cameToNothing(other));
    if (ssid !== undefined && !isWanted) settings.removeNetwork(operation.deviceId, ssid);
  }
}

function isOver({ deliverBy }: OperationRecord, nowMs: number): boolean {
  return Date.parse(deliverBy) <= nowMs;
}

function expired(operation: OperationRecord, nowMs: number): OperationRecord {
  return moveOperation(operation, { delivery: 'closed', state: 'expired', rawState: 'expired', message: `no MDM session showed the network on the device before ${operation.deliverBy}` }, nowMs);
}

function hasRoom({ settings: { networks = [] } }: DesiredState, ssid: string): boolean {
  return networks.length < maxNetworks || networks.some(({ profile }) => 'ssid' in profile && profile.ssid === ssid);
}

function succeeded(operation: OperationRecord, ssid: string, { observedAt, dialect }: MdmReport, nowMs: number): OperationRecord {
  const moved = moveOperation(operation, { delivery: 'closed', state: 'succeeded', rawState: 'read-back', message: 'the device has the network for its next start of WinRE' }, nowMs);
  const evidence = { kind: 'mdm-readback', source: 'vendor' as const, observedAt: observedAt ?? moved.report.observedAt, detail: { ssid, dialect: dialect ?? null } };
  return { ...moved, report: { ...moved.report, evidence } };
}

/** Why the device will not have the network in any later session either, or nothing when it may. */
function whyNever(ssid: string, { notExpressed, absentRoots, lastSession }: MdmReport, { settings }: DesiredState): string | undefined {
  const index = (settings.networks ?? []).findIndex(({ profile }) => 'ssid' in profile && profile.ssid === ssid);
  if (index === -1) return 'the network was taken out of what the device should have';
  const missing = notExpressed.find(({ setting, kind }) => kind !== 'rounded' && (setting === `networks.${index}` || setting.startsWith(`networks.${index}.`)));
  if (missing) return missing.reason;
  return absentRoots.length > 0 && (lastSession.outcome === 'converged' || lastSession.outcome === 'drifting') ? 'this build of Windows takes no Wi-Fi networks for WinRE by MDM' : undefined;
}

function wifiProfileOf({ binding: { intent } }: OperationRecord): WifiProfile | undefined {
  return intent.capability === 'winre.network.configure' ? winreNetworkSchema.shape.profile.safeParse(intent.profile).data : undefined;
}
