import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { parseOrThrow } from '../errors/parse-or-throw.ts';
import { approvalStatementSchema, signedApprovalSchema, trustedKeySchema } from './approval.ts';
import { deviceBindingSchema, deviceQuerySchema, deviceSchema } from './device.ts';
import { effectSchema, reversibilitySchema } from './effect.ts';
import { intentSchema } from './intent.ts';
import { networkProfileSchema, networkStatusSchema, ssidSchema } from './network.ts';
import { operationEvidenceSchema, operationHandleSchema, operationReportSchema, operationSnapshotSchema } from './operation.ts';
import { planBindingSchema, planDraftSchema, recoveryPlanSchema, vendorRequestSchema } from './plan.ts';
import { precheckSchema } from './precheck.ts';
import { deviceIdSchema, instantSchema, jsonValueSchema, noticeSchema, pluginIdSchema, secretRefSchema, sha256Schema } from './primitives.ts';
import { operatorAttestationSchema, rebuildOfferingSchema, validationItemSchema } from './rebuild.ts';
import { packageManifestSchema, packagePathSchema, remediationPackageSchema } from './remediation-package.ts';
import { remediationOutcomeSchema, remediationPolicySchema } from './remediation.ts';
import { lossStatementSchema, restorePointSchema, restorePolicySchema } from './restore.ts';
import { outputStreamSchema, payloadSignatureSchema, recoveryScriptSchema, scriptManifestSchema } from './script.ts';
import { recoveryAbilitiesSchema, recoverySessionSchema } from './session.ts';

type Fields = Record<string, unknown>;
const at = '2026-11-22T03:00:00.000Z';
const sha256 = 'a'.repeat(64);
const device: Fields = { id: 'device-1', enrolmentEpoch: 'epoch-1' };
const target: Fields = { tenantId: 'tenant-1', device };
const signature: Fields = { algorithm: 'ed25519', keyId: 'k', tenantId: 'tenant-1', issuedAt: at, expiresAt: at, signature: 'AAAA' };
const manifest: Fields = { name: 's', interpreter: 'cmd', sha256, successExitCodes: [0], timeoutMs: 1, maxOutputBytes: 1 };
const script: Fields = { manifest, content: '', signature };
const entryPoint: Fields = { path: 'run.cmd', interpreter: 'cmd', successExitCodes: [0], timeoutMs: 1, maxOutputBytes: 1 };
const packageManifest: Fields = { name: 'p', version: '1', kind: 'remediation', files: [{ path: 'run.cmd', sha256, bytes: 0 }], entryPoint };
const remediationPackage: Fields = { manifest: packageManifest, contents: [{ path: 'run.cmd', base64: '' }], signature };
const certificate = { storeName: 'My', thumbprintSha1: 'A'.repeat(40) };
const intent: Fields = { capability: 'winre.restore.trigger', ...target, restorePointId: 'p' };
const loss: Fields = { files: 0, bytes: 0, entries: [], truncated: false, digest: sha256 };
const precheck: Fields = { id: 'power', state: 'met', observedAt: at, evidence: 'on mains' };
const draft: Fields = { prechecks: [precheck], blastRadius: { devices: 1, description: 'one' }, requests: [{ method: 'POST', url: 'x' }] };
const binding: Fields = { kind: 'winre-plan/v1', pluginId: 'example', intent, requests: [], secretDigests: { a: sha256 }, descriptorHash: sha256, lossDigest: null };
const handle: Fields = { operationId: 'o', operationKey: 'k', plugin: 'example', device, capability: 'x', payloadDigest: sha256, createdAt: at, ttlMs: 1 };
const report: Fields = { vendorRef: 'v', state: 'running', rawState: '', observedAt: at };
const session: Fields = { sessionId: 's', device, source: 'agent', confidence: 'confirmed', bootReason: 'boot-failure', startedAt: at, lastSeenAt: at, heartbeatEveryMs: 1 };
const approval: Fields = { kind: 'winre-approval/v1', decision: 'approve', planDigest: sha256, operationKey: 'k', tenantId: 't', deviceId: 'd', enrolmentEpoch: 'e', requestedBy: 'bob', approveBy: at, executeBy: at, decidedAt: at };
const policy: Fields = { cloudRemediation: true, autoRemediation: true, retryIntervalMinutes: 30, timeToRebootMinutes: 60 };

/** A good value of each schema, and single changes with the field that the refusal must name. */
const cases: [string, z.ZodType, Fields, [string, unknown][]][] = [
  ['device', deviceSchema, { ...device, tenantId: 't', displayName: '', hardwareId: 'h' }, [['id', 'with space'], ['hardwareId', ''], ['enrolmentEpoch', 5], ['lastSeenAt', 'today'], ['displayName', null]]],
  ['device binding', deviceBindingSchema, device, [['id', ''], ['enrolmentEpoch', 'x'.repeat(201)]]],
  ['script manifest', scriptManifestSchema, manifest, [['interpreter', 'bash'], ['sha256', 'A'.repeat(64)], ['successExitCodes', []], ['timeoutMs', 0], ['maxOutputBytes', 16 * 1_048_576 + 1], ['name', '']]],
  ['payload signature', payloadSignatureSchema, signature, [['algorithm', 'rsa'], ['signature', '%'], ['expiresAt', '2026-11-22'], ['tenantId', '']]],
  ['script', recoveryScriptSchema, script, [['content', 'x'.repeat(1_048_577)], ['manifest.timeoutMs', 1.5], ['signature.keyId', '']]],
  ['output', outputStreamSchema, { text: '', bytes: 0, truncated: false, encoding: 'utf-8' }, [['encoding', 'latin1'], ['bytes', -1]]],
  ['package manifest', packageManifestSchema, packageManifest, [['kind', 'virus'], ['files', []], ['files.0.path', '../x'], ['entryPoint.path', '/abs'], ['entryPoint.interpreter', 'bash']]],
  ['package', remediationPackageSchema, remediationPackage, [['contents.0.base64', '%'], ['contents.0.path', 'C:x'], ['signature.signature', '%']]],
  ['static network', networkProfileSchema, { kind: 'ethernet-static', address: '192.0.2.1', prefixLength: 24 }, [['address', '192.0.2.256'], ['prefixLength', 33], ['gateway', 'x'], ['dnsServers', ['::1']], ['kind', 'carrier-pigeon']]],
  ['WPA2 network', networkProfileSchema, { kind: 'wifi-wpa2-psk', ssid: 's', key: { secret: 'k' } }, [['key', 'the key itself'], ['key.secret', ''], ['ssid', '€'.repeat(11)], ['hidden', 'no']]],
  ['WPA3 network', networkProfileSchema, { kind: 'wifi-wpa3-sae', ssid: 's', key: { secret: 'k' } }, [['ssid', ''], ['transition', 1]]],
  ['802.1X network', networkProfileSchema, { kind: 'wifi-eap-tls', ssid: 's', clientCertificate: certificate, serverNames: ['radius'] }, [['clientCertificate.thumbprintSha1', 'x'], ['serverNames', []]]],
  ['wired 802.1X network', networkProfileSchema, { kind: 'ethernet-eap-tls', clientCertificate: certificate, serverNames: ['radius'] }, [['serverNames.0', ''], ['interfaceName', '']]],
  ['proxy', networkProfileSchema, { kind: 'proxy', url: 'http://proxy:8080' }, [['url', 'ftp://x'], ['bypass', ['']]]],
  ['network status', networkStatusSchema, { connected: true }, [['connected', 'yes'], ['kind', 'smoke']]],
  ['restore policy', restorePolicySchema, { enabled: true, cadenceHours: 4, retentionHours: 72, maxDiskBytes: 1 }, [['cadenceHours', 5], ['retentionHours', 48], ['maxDiskBytes', 0]]],
  ['restore point', restorePointSchema, { id: 'p', takenAt: at, state: 'intact', trigger: 'schedule' }, [['state', 'fine'], ['takenAt', 5], ['trigger', 'whim']]],
  ['loss statement', lossStatementSchema, loss, [['files', -1], ['digest', 'x'], ['entries', [{ path: 'a', change: 'vanished', bytes: 0 }]], ['window', {}]]],
  ['offering', rebuildOfferingSchema, { id: 'o', release: '24H2', language: 'en-us', edition: 'Pro', mediaSource: { kind: 'share', location: 'x' } }, [['mediaSource.kind', 'floppy'], ['language', 'e'], ['mediaSource.location', '']]],
  ['attestation', operatorAttestationSchema, { precheck: 'backup-recent', statement: 'yes', by: 'bob', at }, [['statement', ''], ['at', ''], ['by', '']]],
  ['validation item', validationItemSchema, { id: 'boot', state: 'passed', detail: '' }, [['id', 'mood'], ['state', 'ok']]],
  ['remediation policy', remediationPolicySchema, policy, [['retryIntervalMinutes', 61], ['timeToRebootMinutes', 0], ['cloudRemediation', 1]]],
  ['remediation outcome', remediationOutcomeSchema, { state: 'not-run', observedAt: at }, [['state', 'maybe']]],
  ['precheck', precheckSchema, precheck, [['state', 'probably'], ['evidence', ''], ['observedAt', 'now']]],
  ['enter intent', intentSchema, { capability: 'winre.session.enter', ...target }, [['capability', 'winre.session.detect'], ['device.id', ''], ['tenantId', undefined]]],
  ['exit intent', intentSchema, { capability: 'winre.session.exit', ...target, sessionId: 's' }, [['sessionId', '']]],
  ['script intent', intentSchema, { capability: 'winre.script.push', ...target, script }, [['script.manifest.interpreter', 'x'], ['script', undefined]]],
  ['package intent', intentSchema, { capability: 'winre.package.push', ...target, package: remediationPackage }, [['package.manifest.kind', 'x']]],
  ['network intent', intentSchema, { capability: 'winre.network.configure', ...target, profile: { kind: 'ethernet-dhcp' } }, [['rollBackAfterMs', 10], ['confirmDisconnect', 'yes'], ['profile.kind', 'x']]],
  ['restore intent', intentSchema, intent, [['restorePointId', ''], ['safetySnapshot', 1]]],
  ['rebuild intent', intentSchema, { capability: 'winre.rebuild.trigger', ...target, offeringId: 'o' }, [['offeringId', ''], ['attestations', [{}]]]],
  ['rotate intent', intentSchema, { capability: 'winre.keys.escrow', ...target, action: 'rotate' }, [['action', 'read']]],
  ['release intent', intentSchema, { capability: 'winre.keys.release', ...target, sessionId: 's', volumeId: 'v' }, [['volumeId', '']]],
  ['vendor request', vendorRequestSchema, { method: 'POST', url: 'x' }, [['method', ''], ['body', () => 1]]],
  ['plan draft', planDraftSchema, draft, [['requests', []], ['blastRadius.devices', 0], ['prechecks', [{ ...precheck, state: 'x' }]], ['quotaCost', [{ window: 'day', cost: -1 }]]]],
  ['plan binding', planBindingSchema, binding, [['kind', 'winre-plan/v2'], ['secretDigests.a', 'the secret'], ['lossDigest', ''], ['pluginId', 'A B'], ['intent.capability', 'x']]],
  ['plan', recoveryPlanSchema, { ...draft, planDigest: sha256, binding, effect: 'destructive', reversibility: 'recoverable', approvalsNeeded: 1, plannedAt: at }, [['effect', 'harmless'], ['approvalsNeeded', -1], ['planDigest', '']]],
  ['approval', approvalStatementSchema, approval, [['decision', 'maybe'], ['planDigest', 'x'], ['executeBy', 'soon'], ['requestedBy', ''], ['reason', 'x'.repeat(1_001)]]],
  ['signed approval', signedApprovalSchema, { statement: approval, keyId: 'k', signature: 'AAAA' }, [['statement.kind', 'x'], ['signature', '%']]],
  ['trusted key', trustedKeySchema, { keyId: 'k', principal: 'p', purpose: 'approve', publicKey: 'AAAA' }, [['purpose', 'anything'], ['publicKey', '%'], ['principal', '']]],
  ['handle', operationHandleSchema, handle, [['ttlMs', 0], ['payloadDigest', 'x'], ['plugin', ''], ['vendorRef', '']]],
  ['evidence', operationEvidenceSchema, { kind: 'x', observedAt: at, source: 'agent', detail: null }, [['source', 'hearsay'], ['kind', '']]],
  ['report', operationReportSchema, report, [['state', 'fine'], ['percent', 101], ['exitCode', 1.5], ['vendorRef', ''], ['vendorApproval', { reference: '' }]]],
  ['snapshot', operationSnapshotSchema, { handle, state: 'unknown', reason: 'r', updatedAt: at }, [['state', 'x'], ['handle.ttlMs', -1]]],
  ['abilities', recoveryAbilitiesSchema, { interpreters: ['cmd'], networkKinds: [], maxScriptBytes: 1 }, [['interpreters', ['bash']], ['maxScriptBytes', 0]]],
  ['session', recoverySessionSchema, session, [['confidence', 'sure'], ['heartbeatEveryMs', 0], ['source', 'rumour'], ['device.id', '']]],
  ['notice', noticeSchema, { code: 'c', message: 'm' }, [['severity', 'panic'], ['code', '']]],
];

function changed(value: unknown, path: readonly string[], leaf: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return leaf;
  if (Array.isArray(value)) return value.map((item: unknown, index) => (String(index) === name ? changed(item, rest, leaf) : item));
  return { ...(value as Fields), [name]: changed((value as Fields)[name], rest, leaf) };
}

describe.each(cases)('%s', (_name, schema, good, changes) => {
  test('a good one is taken, also after a trip through JSON', () => {
    const parsed: unknown = schema.parse(good);
    expect(schema.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
  });

  test.each(changes)('a wrong %s is refused by name', (field, leaf) => {
    const refuse = (): unknown => parseOrThrow(schema, changed(good, field.split('.'), leaf), 'value');
    expect(refuse).toThrow(expect.objectContaining({ code: 'invalid-argument', fieldPath: expect.stringMatching(new RegExp(`^${field.replaceAll('.', '\\.')}(\\.|$)`)) as unknown }) as Error);
  });
});

test('what people give is strict, what vendors send may hold more', () => {
  for (const [, schema, good] of cases.filter(([name]) => ['script', 'restore intent', 'plan binding', 'approval', 'handle', 'restore policy', 'WPA2 network', 'trusted key'].includes(name))) {
    expect(() => parseOrThrow(schema, { ...good, unheardOf: 1 }, 'value')).toThrow('unheardOf');
  }
  for (const [, schema, good] of cases.filter(([name]) => ['device', 'report', 'session', 'restore point', 'evidence'].includes(name))) {
    expect(schema.safeParse({ ...good, unheardOf: 1 }).success).toBe(true);
  }
});

test.each(['a', 'dir/file.txt', '.hidden', 'a/..b', 'a/b..', 'ä ö.bin', '...'])('the package path %j is good', (path) => {
  expect(packagePathSchema.safeParse(path).success).toBe(true);
});
test.each(['', '/a', '..', '../a', 'a/..', 'a/../b', './a', 'a/./b', 'a\\b', 'C:a', 'a\0b', 'x'.repeat(241)])('the package path %j is refused', (path) => {
  expect(packagePathSchema.safeParse(path).success).toBe(false);
});

test.each([['s', true], ['x'.repeat(32), true], ['€'.repeat(10), true], ['', false], ['x'.repeat(33), false], ['€'.repeat(11), false]])('the SSID %j is counted in bytes', (ssid, good) => {
  expect(ssidSchema.safeParse(ssid).success).toBe(good);
});

test('instants are UTC; ids are printable; digests are lower case; references hold a name only', () => {
  expect(['2026-11-22T03:00:00Z', '2026-11-22T03:00:00.123Z'].every((text) => instantSchema.safeParse(text).success)).toBe(true);
  expect(['2026-11-22T03:00:00+01:00', '2026-11-22T03:00:00', '2026-02-30T00:00:00Z', '2026-11-22'].some((text) => instantSchema.safeParse(text).success)).toBe(false);
  expect(['a', 'A~!', 'x'.repeat(200)].every((text) => deviceIdSchema.safeParse(text).success)).toBe(true);
  expect(['', 'a b', 'ä', 'a\n', 'x'.repeat(201)].some((text) => deviceIdSchema.safeParse(text).success)).toBe(false);
  expect([sha256.toUpperCase(), 'a'.repeat(63), 'g'.repeat(64), `${sha256}\n`].some((text) => sha256Schema.safeParse(text).success)).toBe(false);
  expect([{ secret: 'a', value: 'x' }, 'a', {}].some((value) => secretRefSchema.safeParse(value).success)).toBe(false);
  expect(['a/b', '@a/b/c', 'A'].some((text) => pluginIdSchema.safeParse(text).success)).toBe(false);
});

test('JSON values: everything JSON has and nothing else', () => {
  expect(jsonValueSchema.safeParse({ a: [1, 'x', true, null, { b: [] }] }).success).toBe(true);
  expect([undefined, () => 1, 1n, Number.NaN, { a: undefined }, [Symbol('x')]].some((value) => jsonValueSchema.safeParse(value).success)).toBe(false);
});

test('a device is named by one thing', () => {
  expect(deviceQuerySchema.safeParse({ serialNumber: 'S' }).success).toBe(true);
  expect([{}, { serialNumber: 'S', vendorId: 'V' }, { serialNumber: '' }].some((value) => deviceQuerySchema.safeParse(value).success)).toBe(false);
});

test('risks are ordered from least to most', () => {
  expect([effectSchema.options, reversibilitySchema.options]).toEqual([['read', 'write', 'destructive'], ['reversible', 'recoverable', 'irreversible']]);
});

test('automatic remediation needs the cloud kind', () => {
  expect(() => parseOrThrow(remediationPolicySchema, { ...policy, cloudRemediation: false }, 'policy')).toThrow('policy: autoRemediation: expected false while cloudRemediation is false');
});
