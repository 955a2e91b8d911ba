import { describe, expect, it } from 'vitest';
import type { DeliveryState, DeviceRecord, OperationRecord } from './gateway-records.ts';
import { reconcileFrom } from './judge-operation.ts';
import { settleDeliveries, type LedgerStanding } from './settle-deliveries.ts';

const digest = '0'.repeat(64);
const device: DeviceRecord = {
  revision: 7, deviceId: 'd', tenantId: 't', hardwareId: 'h', displayName: 'n', platform: 'windows', enrolmentEpoch: 'e', enrolledAt: '', devicePublicKey: '', stateGeneration: 'g', commandSequence: 5,
  acknowledgedSequence: 2, policies: {}, lastSeenAt: '',
};
function operation(delivery: DeliveryState, commandSequence?: number, change: Partial<OperationRecord> = {}): OperationRecord {
  return {
    revision: 1, tenantId: 't', operationKey: 'o', operationId: 'i', deviceId: 'd', enrolmentEpoch: 'e', effect: 'destructive', planDigest: digest, approvals: [], deliverBy: '', secrets: {}, submittedAt: '', delivery,
    binding: { kind: 'winre-plan/v1', pluginId: 'p', intent: { capability: 'winre.session.enter', tenantId: 't', device: { id: 'd', enrolmentEpoch: 'e' } }, requests: [], secretDigests: {}, descriptorHash: digest, lossDigest: null },
    report: { vendorRef: 'i', state: delivery === 'received' ? 'running' : 'accepted', rawState: '', observedAt: '', notices: [] }, reportSequence: 0, ...(commandSequence !== undefined && { commandSequence }), ...change,
  };
}
const said = (lastCommandSequence: number, more: Partial<LedgerStanding> = {}): LedgerStanding => ({ lastCommandSequence, ...more });
const after = (before: OperationRecord, standing: LedgerStanding): string => settleDeliveries(device, [before], standing, 0).operations[0]?.delivery ?? 'unchanged';

describe('what became of commands that have left', () => {
  it.each<[string, OperationRecord, LedgerStanding, string]>([
    ['arrived when the ledger covers its sequence', operation('retired', 3), said(3), 'received'],
    ['arrived when the hello names it', operation('retired', 3), said(3, { openOperationKeys: new Set(['o']), stateGeneration: 'g' }), 'received'],
    ['never arrived when the ledger ends before it', operation('retired', 4), said(3), 'not-received'],
    ['goes back into the queue when it is not destructive', operation('retired', 4, { effect: 'write' }), said(3), 'queued'],
    ['cannot be told when another state folder speaks', operation('retired', 3), said(0, { stateGeneration: 'other' }), 'outcome-unknown'],
    ['cannot be told when the state folder went back', operation('retired', 3), said(1), 'outcome-unknown'],
    ['cannot be told either when it was running then', operation('received', 3), said(1), 'outcome-unknown'],
    ['cannot be told when the ledger covers it but forgot it', operation('retired', 3), said(3, { openOperationKeys: new Set() }), 'outcome-unknown'],
    ['cannot be told when it had arrived and the ledger forgot it', operation('received', 3), said(3, { openOperationKeys: new Set() }), 'outcome-unknown'],
    ['stays when it had arrived and nothing new is said', operation('received', 3), said(3), 'unchanged'],
    ['stays in the queue when the ledger was lost: it had not left', operation('queued'), said(0, { stateGeneration: 'other' }), 'unchanged'],
    ['cannot be told even in the queue when the device knows later commands than the gateway', operation('queued'), said(6), 'outcome-unknown'],
    ['is for its caller to start again once it is known to be lost', operation('not-received'), said(5), 'unchanged'],
    ['goes on after a rebuild, whose ledger begins anew', operation('received', 3, { continuedAs: { enrolmentEpoch: 'f', enrolledAt: '' } }), said(3, { openOperationKeys: new Set() }), 'unchanged'],
  ])('%s', (_, before, standing, expected) => {
    expect(after(before, standing)).toBe(expected);
  });

  it('notes what the agent has, and writes nothing when that is known', () => {
    expect(settleDeliveries(device, [], said(2), 0).device).toBeUndefined();
    expect(settleDeliveries(device, [], said(4), 0).device).toMatchObject({ revision: 8, acknowledgedSequence: 4, commandSequence: 5 });
    expect(settleDeliveries(device, [], said(9), 0)).toMatchObject({ ledger: 'ahead', device: { commandSequence: 9, acknowledgedSequence: 9 } });
    expect(settleDeliveries(device, [], said(0, { stateGeneration: 'new' }), 0)).toMatchObject({ ledger: 'lost', device: { stateGeneration: 'new', acknowledgedSequence: 0, commandSequence: 5 } });
  });

  it('is absent only when it certainly never arrived', () => {
    const findings = (['queued', 'retired', 'received', 'not-received', 'outcome-unknown', 'closed'] as const).map((delivery) => reconcileFrom(operation(delivery)).finding);
    expect(findings).toEqual(['found', 'found', 'found', 'absent', 'cannot-tell', 'found']);
    expect(reconcileFrom(undefined).finding).toBe('absent');
  });
});
