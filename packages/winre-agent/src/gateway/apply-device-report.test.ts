import type { OperationState } from '@winre-kit/sdk';
import { describe, expect, it } from 'vitest';
import type { DeviceReport } from '../protocol/index.ts';
import { applyDeviceReport } from './apply-device-report.ts';
import type { DeviceRecord, OperationRecord } from './gateway-records.ts';

const digest = '0'.repeat(64);
const device: DeviceRecord = { revision: 1, deviceId: 'd', tenantId: 't', hardwareId: 'h', displayName: 'n', platform: 'windows', enrolmentEpoch: 'e', enrolledAt: '', devicePublicKey: '', stateGeneration: 'g', commandSequence: 5, acknowledgedSequence: 2, policies: {}, lastSeenAt: '' };
const record = (state: OperationState, change: Partial<OperationRecord> = {}): OperationRecord => ({
  revision: 1, tenantId: 't', operationKey: 'o', operationId: 'i', deviceId: 'd', enrolmentEpoch: 'e', effect: 'write', planDigest: digest, approvals: [], deliverBy: '', secrets: {}, submittedAt: '', delivery: 'retired',
  binding: { kind: 'winre-plan/v1', pluginId: 'p', intent: { capability: 'winre.session.enter', tenantId: 't', device: { id: 'd', enrolmentEpoch: 'e' } }, requests: [], secretDigests: {}, descriptorHash: digest, lossDigest: null },
  report: { vendorRef: 'i', state, rawState: '', observedAt: '', notices: [] }, reportSequence: 4, ...change,
});
const report = (state: DeviceReport['state'], change: Partial<DeviceReport> = {}): DeviceReport => ({ state, rawState: 'mine', observedAt: '2026-11-22T03:00:00.000Z', notices: [], ...change });

describe('a device’s report', () => {
  it('moves an operation forward, and closes it when it is terminal', () => {
    expect(applyDeviceReport(device, record('accepted'), 5, report('running', { percent: 10 }))).toMatchObject({ verdict: 'applied', record: { revision: 2, delivery: 'received', reportSequence: 5, report: { vendorRef: 'i', state: 'running', percent: 10 } } });
    expect(applyDeviceReport(device, record('running'), 5, report('failed', { exitCode: 2 }))).toMatchObject({ record: { delivery: 'closed', report: { state: 'failed', exitCode: 2 } } });
  });

  it('proves that an operation ran whose outcome could not be told, or that was thought lost', () => {
    for (const delivery of ['outcome-unknown', 'not-received', 'queued'] as const) {
      expect(applyDeviceReport(device, record('unknown', { delivery }), 5, report('running'))).toMatchObject({ verdict: 'applied', record: { delivery: 'received' } });
    }
  });

  it('changes nothing when it is old, goes back, or comes after the end', () => {
    expect(applyDeviceReport(device, record('running'), 4, report('verifying'))).toEqual({ verdict: 'repeated' });
    expect(applyDeviceReport(device, record('verifying'), 5, report('running'))).toEqual({ verdict: 'repeated' });
    expect(applyDeviceReport(device, record('failed', { delivery: 'closed' }), 5, report('succeeded'))).toEqual({ verdict: 'repeated' });
  });

  it('never lets progress shrink', () => {
    const before = record('running');
    expect(applyDeviceReport(device, { ...before, report: { ...before.report, percent: 60 } }, 5, report('running', { percent: 40 }))).toMatchObject({ record: { report: { percent: 60 } } });
  });

  it('says nothing about when the gateway took the operation', () => {
    const before = record('accepted');
    const acceptedAt = '2026-11-22T02:00:00.000Z';
    expect(applyDeviceReport(device, { ...before, report: { ...before.report, acceptedAt } }, 5, report('running', { acceptedAt: '2020-01-01T00:00:00.000Z' }))).toMatchObject({ record: { report: { acceptedAt } } });
  });

  it('is refused for what is not this device’s, or another enrolment’s', () => {
    expect(applyDeviceReport(device, undefined, 5, report('running'))).toMatchObject({ verdict: 'refused', code: 'not-found' });
    expect(applyDeviceReport({ ...device, deviceId: 'x' }, record('accepted'), 5, report('running'))).toMatchObject({ verdict: 'refused', code: 'not-found' });
    expect(applyDeviceReport({ ...device, enrolmentEpoch: 'f' }, record('accepted'), 5, report('running'))).toMatchObject({ verdict: 'refused', code: 'enrolment-changed' });
    expect(applyDeviceReport({ ...device, enrolmentEpoch: 'f' }, record('verifying', { continuedAs: { enrolmentEpoch: 'f', enrolledAt: '2026-11-22T03:00:00.000Z' } }), 5, report('verifying'))).toMatchObject({ verdict: 'applied' });
  });
});
