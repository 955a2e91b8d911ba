import { digestJson, instantAt, type LossEntry, type LossStatement } from '@winre-kit/sdk';
import type { DeviceFacts, Query, QueryReply } from '@winre-kit/winre-agent/protocol';

/** What a healthy device with one restore point answers when a test gives no answer of its own. */
export async function answerQuery(query: Query, nowMs: number): Promise<QueryReply> {
  const observedAt = instantAt(nowMs);
  const facts: DeviceFacts = { observedAt, power: 'mains', freeBytes: 200 * 1024 ** 3, encrypted: 'no', locked: 'no', winreEnabled: 'yes', driversAvailable: 'yes', osBuild: '26100.4061' };
  const restorePoint = { id: 'restore-point-1', takenAt: instantAt(nowMs - 3_600_000), state: 'intact' as const, trigger: 'schedule' as const };
  switch (query.kind) {
    case 'restore-points':
      return { restorePoints: [restorePoint] };
    case 'restore-preview':
      return { restorePoint: { ...restorePoint, id: query.restorePointId }, loss: await lossOf([{ path: 'Users/example/report.docx', change: 'modified', bytes: 4_096 }]), facts };
    case 'rebuild-preview':
      return { loss: await lossOf([{ path: 'Users/example/report.docx', change: 'created', bytes: 4_096 }]), facts, media: { reachable: 'yes', intact: 'yes' } };
    case 'network-status':
      return { connected: true, kind: 'ethernet-dhcp', interfaceName: 'Ethernet', addresses: ['192.0.2.10'] };
    case 'volume-status':
      return { volumes: [{ volumeId: 'os', encrypted: 'no', locked: 'no', bootable: 'yes' }], facts };
    case 'remediation-outcome':
      return { state: 'not-run', observedAt };
    case 'diagnostics':
      return { facts, bootCheck: { state: 'failed', detail: 'the boot check of the fake device', observedAt }, details: {} };
  }
}

/** A loss statement over all of these files; at most 1,000 of them. */
export async function lossOf(entries: readonly LossEntry[]): Promise<LossStatement> {
  const sorted = entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return { files: sorted.length, bytes: sorted.reduce((sum, entry) => sum + entry.bytes, 0), entries: sorted, truncated: false, digest: await digestJson(sorted) };
}
