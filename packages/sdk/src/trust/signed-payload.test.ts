import { beforeAll, expect, test } from 'vitest';
import type { TrustedKey } from '../schemas/approval.ts';
import { remediationPackageSchema, type RemediationPackage } from '../schemas/remediation-package.ts';
import { recoveryScriptSchema, type RecoveryScript } from '../schemas/script.ts';
import { createStatementSigner, generateSigningKey, type StatementSigner } from './ed25519.ts';
import { toBase64, utf8 } from './encode-bytes.ts';
import { sha256Hex } from './sha256.ts';
import { signPackage, signScript, verifyPackage, verifyScript, type PayloadTrust } from './signed-payload.ts';

const terms = { tenantId: 'tenant-1', issuedAt: '2026-11-22T00:00:00Z', expiresAt: '2026-11-23T00:00:00Z' };
const issuedMs = Date.parse(terms.issuedAt);
const expiresMs = Date.parse(terms.expiresAt);
let signer: StatementSigner;
let stranger: StatementSigner;
let script: RecoveryScript;
let payload: RemediationPackage;
let trust: PayloadTrust;

beforeAll(async () => {
  signer = createStatementSigner(await generateSigningKey());
  stranger = createStatementSigner(await generateSigningKey());
  const trustedKey: TrustedKey = { keyId: signer.keyId, publicKey: signer.publicKey, principal: 'build', purpose: 'sign-scripts' };
  trust = { tenantId: 'tenant-1', trustedKeys: [trustedKey], revokedKeyIds: new Set(), nowMs: issuedMs + 1 };
  script = await signScript({ content: 'echo grüße', manifest: { name: 'greet', interpreter: 'cmd', successExitCodes: [0], timeoutMs: 1_000, maxOutputBytes: 1_000 } }, terms, signer);
  payload = await signPackage({
    manifest: { name: 'fix', version: '1', kind: 'remediation', entryPoint: { path: 'run.cmd', interpreter: 'cmd', successExitCodes: [0], timeoutMs: 1_000, maxOutputBytes: 1_000 } },
    contents: [{ path: 'run.cmd', base64: toBase64(utf8('fix')) }, { path: 'data/a.bin', base64: '' }],
  }, terms, signer);
});
const refusedFor = (reason: string): unknown => expect.objectContaining({ code: 'untrusted-payload', facts: expect.objectContaining({ reason }) as unknown });

test('what was signed is accepted, fits the schemas and says its digests', async () => {
  await verifyScript(recoveryScriptSchema.parse(JSON.parse(JSON.stringify(script))), trust);
  await verifyPackage(remediationPackageSchema.parse(JSON.parse(JSON.stringify(payload))), trust);
  expect(script.manifest.sha256).toBe(await sha256Hex('echo grüße'));
  expect(payload.manifest.files).toEqual([{ path: 'run.cmd', sha256: await sha256Hex('fix'), bytes: 3 }, { path: 'data/a.bin', sha256: await sha256Hex(''), bytes: 0 }]);
});

test.each<[string, () => [RecoveryScript, Partial<PayloadTrust>]]>([
  ['unknown-key', () => [script, { trustedKeys: [] }]],
  ['unknown-key', () => [script, { trustedKeys: trust.trustedKeys.map((key) => ({ ...key, purpose: 'approve' as const })) }]],
  ['revoked', () => [script, { revokedKeyIds: new Set([signer.keyId]) }]],
  ['other-tenant', () => [script, { tenantId: 'tenant-2' }]],
  ['bad-signature', () => [{ ...script, signature: { ...script.signature, tenantId: 'tenant-2' } }, { tenantId: 'tenant-2' }]],
  ['bad-signature', () => [{ ...script, signature: { ...script.signature, expiresAt: '2030-01-01T00:00:00Z' } }, {}]],
  ['bad-signature', () => [{ ...script, signature: { ...script.signature, issuedAt: '2020-01-01T00:00:00Z' } }, {}]],
  ['bad-signature', () => [{ ...script, manifest: { ...script.manifest, timeoutMs: 9_999 } }, {}]],
  ['bad-signature', () => [{ ...script, manifest: { ...script.manifest, successExitCodes: [0, 1] } }, {}]],
  ['bad-signature', () => [{ ...script, manifest: { ...script.manifest, interpreter: 'sh' as const } }, {}]],
  ['bad-signature', () => [{ ...script, signature: { ...script.signature, signature: toBase64(new Uint8Array(64)) } }, {}]],
  ['bad-signature', () => [script, { trustedKeys: trust.trustedKeys.map((key) => ({ ...key, publicKey: stranger.publicKey })) }]],
  ['expired', () => [script, { nowMs: expiresMs }]],
  ['not-yet-valid', () => [script, { nowMs: issuedMs - 1 }]],
  ['altered', () => [{ ...script, content: 'format c:' }, {}]],
])('a script is refused: %s', async (reason, make) => {
  const [altered, more] = make();
  await expect(verifyScript(altered, { ...trust, ...more })).rejects.toEqual(refusedFor(reason));
});

test('both ends of the validity: from the first millisecond up to the last', async () => {
  for (const nowMs of [issuedMs, expiresMs - 1]) await expect(verifyScript(script, { ...trust, nowMs })).resolves.toBeUndefined();
});

test('a script signature is no package signature', async () => {
  const posing = { ...payload, signature: script.signature };
  await expect(verifyPackage(posing, trust)).rejects.toEqual(refusedFor('bad-signature'));
});

test.each<[string, string, () => RemediationPackage]>([
  ['altered', 'a changed file', () => ({ ...payload, contents: payload.contents.map((file) => ({ ...file, base64: toBase64(utf8('evil')) })) })],
  ['altered', 'a missing file', () => ({ ...payload, contents: payload.contents.slice(0, 1) })],
  ['altered', 'a file too many', () => ({ ...payload, contents: [...payload.contents, { path: 'extra', base64: '' }] })],
  ['altered', 'a file twice instead of another', () => ({ ...payload, contents: [payload.contents[0], payload.contents[0]].flatMap((file) => file ?? []) })],
  ['altered', 'files under each other\'s names', () => ({ ...payload, contents: payload.contents.map(({ base64 }, index) => ({ path: payload.contents[1 - index]?.path ?? '', base64 })) })],
  ['bad-signature', 'another entry point', () => ({ ...payload, manifest: { ...payload.manifest, entryPoint: { ...payload.manifest.entryPoint, path: 'data/a.bin' } } })],
  ['bad-signature', 'another kind', () => ({ ...payload, manifest: { ...payload.manifest, kind: 'drivers' } })],
])('a package is refused as %s: %s', async (reason, _what, make) => {
  await expect(verifyPackage(make(), trust)).rejects.toEqual(refusedFor(reason));
});

test('a package whose entry point is not in it is refused although it is signed', async () => {
  const incomplete = await signPackage({ manifest: { ...payload.manifest, entryPoint: { ...payload.manifest.entryPoint, path: 'elsewhere.cmd' } }, contents: payload.contents }, terms, signer);
  await expect(verifyPackage(incomplete, trust)).rejects.toEqual(refusedFor('altered'));
});

test('a path that is listed twice leaves no room for a file that nobody signed', async () => {
  const [file] = payload.contents;
  if (!file) throw new TypeError('the package has no file');
  const twice = await signPackage({ manifest: payload.manifest, contents: [file, file] }, terms, signer);
  await expect(verifyPackage({ ...twice, contents: [file, { path: 'evil.cmd', base64: '' }] }, trust)).rejects.toEqual(refusedFor('altered'));
});

test('without a believable time everything is refused', async () => {
  await expect(verifyScript(script, { ...trust, nowMs: Number.NaN })).rejects.toEqual(refusedFor('expired'));
  const timeless = await signScript({ content: 'x', manifest: script.manifest }, { ...terms, expiresAt: 'never' }, signer);
  await expect(verifyScript(timeless, trust)).rejects.toEqual(refusedFor('expired'));
});

test.each([['expired', expiresMs], ['not-yet-valid', issuedMs - 1]])('a package is refused: %s', async (reason, nowMs) => {
  await expect(verifyPackage(payload, { ...trust, nowMs })).rejects.toEqual(refusedFor(reason));
});

test('what a stranger signed under a trusted id is refused', async () => {
  const posing = await signScript({ content: 'x', manifest: script.manifest }, terms, { ...stranger, keyId: signer.keyId });
  await expect(verifyScript(posing, trust)).rejects.toEqual(refusedFor('bad-signature'));
});
