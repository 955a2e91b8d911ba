import { isTerminalState, type Clock } from '@winre-kit/sdk';
import { judgeWinreNetwork, winreNetworkSchema, type WifiProfile } from '@winre-kit/sdk/windows';
import { moveOperation, type DeviceRecord, type EscrowOpener, type Gateway, type OperationRecord } from '@winre-kit/winre-agent/gateway';
import { commandSecretContext } from '@winre-kit/winre-agent/protocol';
import type { MdmSettingsStore } from '../store/mdm-settings-store.ts';
import type { SqliteGatewayStore } from '../store/sqlite-gateway-store.ts';
import { maxNetworks, readDesiredState, type DesiredState } from './desired-state.ts';
import type { MdmReport } from './mdm-session.ts';
import { sealNetwork } from './network-secrets.ts';
import { recoveryGroups } from './recovery-groups.table.ts';

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
  if (report.lastSession.outcome === 'running' || report.lastSession.outcome === 'aborted') return [];
  return carried.flatMap((operation) => {
    const { ssid } = wifiProfileOf(operation) ?? {};
    if (operation.carriedBy !== 'mdm' || ssid === undefined || isTerminalState(operation.report.state)) return [];
    const isThere = report.actual?.networks.some((network) => network.ssid === ssid) === true && report.appliedFingerprint === desired.fingerprint;
    if (isThere) return [succeeded(operation, { ssid, lost: lostOf(ssid, report, desired) }, report, nowMs)];
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

function succeeded(operation: OperationRecord, { ssid, lost }: { readonly ssid: string; readonly lost: readonly string[] }, { observedAt, dialect }: MdmReport, nowMs: number): OperationRecord {
  const moved = moveOperation(operation, { delivery: 'closed', state: 'succeeded', rawState: 'read-back', message: ['the device has the network for its next start of WinRE', ...lost].join('; but ') }, nowMs);
  const evidence = { kind: 'mdm-readback', source: 'vendor' as const, observedAt: observedAt ?? moved.report.observedAt, detail: { ssid, dialect: dialect ?? null } };
  return { ...moved, report: { ...moved.report, evidence } };
}

/** Why the device will not have the network in any later session either, or nothing when it may. */
function whyNever(ssid: string, report: MdmReport, desired: DesiredState): string | undefined {
  const { outcome } = report.lastSession;
  if (indexOf(ssid, desired) === -1) return 'the network was taken out of what the device should have';
  // A session that a busy device put off, or that the device left, has found nothing out.
  if (report.judgedFingerprint !== desired.fingerprint || outcome === 'busy' || outcome === 'unenrolled') return undefined;
  const missing = reasonsFor(ssid, report, desired).find(({ isLoss }) => !isLoss);
  if (missing) return missing.reason;
  const hasNoNodes = report.dialect === 'recovery' && report.absentRoots.includes(recoveryGroups.networks);
  return hasNoNodes && (outcome === 'converged' || outcome === 'drifting') ? 'this build of Windows takes no Wi-Fi networks for WinRE by MDM' : undefined;
}

/** What a network that the device has was written without. */
function lostOf(ssid: string, report: MdmReport, desired: DesiredState): readonly string[] {
  return report.judgedFingerprint === desired.fingerprint ? reasonsFor(ssid, report, desired).flatMap(({ isLoss, reason }) => (isLoss ? [reason] : [])) : [];
}

/** Members of a profile without which its network is written all the same. */
const losses: ReadonlySet<string> = new Set(['profile.hidden']);

/** What is not expressed of a network. Positions are those of the desired state that the report speaks of. */
function reasonsFor(ssid: string, { notExpressed }: MdmReport, desired: DesiredState): readonly { readonly reason: string; readonly isLoss: boolean }[] {
  const own = `networks.${indexOf(ssid, desired)}`;
  return notExpressed
    .filter(({ setting }) => setting === own || setting.startsWith(`${own}.`))
    .map(({ setting, kind, reason }) => ({ reason, isLoss: kind === 'rounded' || losses.has(setting.slice(own.length + 1)) }));
}

function indexOf(ssid: string, { settings: { networks = [] } }: DesiredState): number {
  return networks.findIndex(({ profile }) => 'ssid' in profile && profile.ssid === ssid);
}

function wifiProfileOf({ binding: { intent } }: OperationRecord): WifiProfile | undefined {
  return intent.capability === 'winre.network.configure' ? winreNetworkSchema.shape.profile.safeParse(intent.profile).data : undefined;
}
