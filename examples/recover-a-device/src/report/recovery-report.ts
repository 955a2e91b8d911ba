import type { LossStatement, OperationState } from '@winre-kit/sdk';
import type { AuditEntry } from '@winre-kit/sdk/host';
import { configuredGroupsOf, type ConfiguredGroup } from './configured-group.ts';

/** One line of a device's timeline. */
export interface TimelineLine {
  readonly sequence: number;
  readonly at: string;
  readonly kind: AuditEntry['kind'];
  readonly actor: string;
  readonly text: string;
  /** `bad` for what failed or was refused, `good` for what is proved to be done. */
  readonly tone: 'good' | 'bad' | 'plain';
}

export interface OperationLine {
  readonly operationKey: string;
  readonly deviceId: string;
  readonly capability: string;
  readonly effect: string;
  readonly requestedBy: string;
  readonly approvals: readonly { readonly by: string; readonly at: string; readonly reason: string }[];
  readonly loss: Pick<LossStatement, 'files' | 'bytes' | 'entries' | 'truncated'> | undefined;
  readonly state: OperationState | 'submitted';
  readonly evidence: string | undefined;
}

/** Everything the report shows. Nothing in it comes from anywhere but audit entries. */
export interface RecoveryReport {
  readonly configured: readonly ConfiguredGroup[];
  /** Named where an entry names them. */
  readonly devices: readonly { readonly deviceId: string; readonly name: string | undefined; readonly timeline: readonly TimelineLine[] }[];
  readonly operations: readonly OperationLine[];
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Reads a report out of audit entries. Pure. */
export function recoveryReportOf(entries: readonly AuditEntry[]): RecoveryReport {
  const timelines = new Map<string, TimelineLine[]>();
  const operations = new Map<string, OperationLine>();
  for (const entry of entries) {
    const { deviceId, operationKey } = entry.subject;
    if (deviceId !== undefined) timelines.set(deviceId, [...(timelines.get(deviceId) ?? []), lineOf(entry)]);
    if (operationKey !== undefined && deviceId !== undefined) {
      const next = advance(operations.get(operationKey), entry, operationKey, deviceId);
      if (next) operations.set(operationKey, next);
    }
  }
  const configured = configuredGroupsOf(entries);
  const names = new Map(configured.flatMap(({ pcs }) => pcs.map(({ deviceId, name }) => [deviceId, name] as const)));
  return {
    configured,
    devices: [...timelines].map(([deviceId, timeline]) => ({ deviceId, name: names.get(deviceId), timeline })).toSorted((a, b) => (a.deviceId < b.deviceId ? -1 : 1)),
    operations: [...operations.values()],
    from: entries[0]?.at,
    to: entries.at(-1)?.at,
  };
}

function lineOf({ sequence, at, kind, actor, message, facts }: AuditEntry): TimelineLine {
  const capability = typeof facts['capability'] === 'string' ? `${facts['capability']}: ` : '';
  const change = kind === 'operation.state' && typeof facts['to'] === 'string' ? `${facts['to']} · ` : '';
  return { sequence, at, kind, actor, text: `${capability}${change}${message}`, tone: toneOf(kind, facts['to']) };
}

function toneOf(kind: AuditEntry['kind'], to: unknown): TimelineLine['tone'] {
  if (kind === 'operation.evidence' || kind === 'operation.approval' || to === 'succeeded') return 'good';
  if (kind === 'operation.refused' || kind === 'operation.approval-refused' || kind === 'session.lost') return 'bad';
  return to === 'failed' || to === 'unknown' || to === 'rejected' || to === 'expired' ? 'bad' : 'plain';
}

function advance(known: OperationLine | undefined, entry: AuditEntry, operationKey: string, deviceId: string): OperationLine | undefined {
  const { kind, facts } = entry;
  const text = (name: string): string => (typeof facts[name] === 'string' ? facts[name] : '');
  if (kind === 'operation.submitted') {
    return { operationKey, deviceId, capability: text('capability'), effect: text('effect'), requestedBy: text('requestedBy'), approvals: [], loss: lossOf(facts['loss']), state: 'submitted', evidence: undefined };
  }
  if (!known) return undefined;
  if (kind === 'operation.approval') return { ...known, approvals: [...known.approvals, { by: entry.actor, at: text('decidedAt'), reason: text('reason') }] };
  if (kind === 'operation.evidence') return { ...known, evidence: entry.message };
  if (kind === 'operation.state' || kind === 'operation.dispatch') return { ...known, state: text('to') as OperationState };
  return known;
}

function lossOf(value: unknown): OperationLine['loss'] {
  return typeof value === 'object' && value !== null ? (value as LossStatement) : undefined;
}
