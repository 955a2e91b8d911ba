import { RecoveryError } from '../errors/recovery-error.ts';
import type { TrustedKey } from '../schemas/approval.ts';
import type { PackageManifest, RemediationPackage } from '../schemas/remediation-package.ts';
import type { PayloadSignature, RecoveryScript, ScriptManifest } from '../schemas/script.ts';
import { isSignedBy, requireTrustedKey, type StatementSigner } from './ed25519.ts';
import { fromBase64 } from './encode-bytes.ts';
import { sha256Hex } from './sha256.ts';

/** For whom and how long a payload is signed. */
export interface SignatureTerms {
  readonly tenantId: string;
  readonly issuedAt: string;
  readonly expiresAt: string;
}

/** What a verifier knows: whom it trusts, for which tenant, and what time it is by a clock that can be believed. */
export interface PayloadTrust {
  readonly tenantId: string;
  readonly trustedKeys: readonly TrustedKey[];
  readonly revokedKeyIds: ReadonlySet<string>;
  readonly nowMs: number;
}

type PayloadKind = 'winre-script/v1' | 'winre-package/v1';

function payloadStatement(kind: PayloadKind, manifest: ScriptManifest | PackageManifest, terms: SignatureTerms, keyId: string): unknown {
  const { tenantId, issuedAt, expiresAt } = terms;
  return { kind, manifest, tenantId, issuedAt, expiresAt, keyId };
}

async function signPayload(kind: PayloadKind, manifest: ScriptManifest | PackageManifest, terms: SignatureTerms, signer: StatementSigner): Promise<PayloadSignature> {
  const signature = await signer.sign(payloadStatement(kind, manifest, terms, signer.keyId));
  return { algorithm: 'ed25519', keyId: signer.keyId, tenantId: terms.tenantId, issuedAt: terms.issuedAt, expiresAt: terms.expiresAt, signature };
}

async function verifyPayload(kind: PayloadKind, name: string, manifest: ScriptManifest | PackageManifest, signature: PayloadSignature, trust: PayloadTrust): Promise<void> {
  const key = requireTrustedKey(signature.keyId, 'sign-scripts', trust.trustedKeys, trust.revokedKeyIds);
  const refuse = (reason: string, message: string): RecoveryError => new RecoveryError('untrusted-payload', `${name}: ${message}`, { facts: { reason } });
  if (signature.tenantId !== trust.tenantId) throw refuse('other-tenant', 'signed for another tenant');
  if (!(await isSignedBy(key.publicKey, payloadStatement(kind, manifest, signature, signature.keyId), signature.signature))) throw refuse('bad-signature', 'the signature does not match: altered after signing, or signed by another key');
  // Written so that a time that is no time counts as passed.
  if (!(Date.parse(signature.expiresAt) > trust.nowMs)) throw refuse('expired', `the signature expired at ${signature.expiresAt}`);
  if (!(Date.parse(signature.issuedAt) <= trust.nowMs)) throw refuse('not-yet-valid', `the signature is valid from ${signature.issuedAt} only`);
}

/** Signs a script; `sha256` of the manifest is computed here. */
export async function signScript(script: { readonly content: string; readonly manifest: Omit<ScriptManifest, 'sha256'> }, terms: SignatureTerms, signer: StatementSigner): Promise<RecoveryScript> {
  const manifest = { ...script.manifest, sha256: await sha256Hex(script.content) };
  return { manifest, content: script.content, signature: await signPayload('winre-script/v1', manifest, terms, signer) };
}

/**
 * Refuses a script that is altered, expired, for another tenant, or not signed by a trusted key that is not revoked. Host and agent both call it.
 *
 * @throws {RecoveryError} `untrusted-payload`, with `facts.reason`: `unknown-key`, `revoked`, `other-tenant`, `bad-signature`, `expired`, `not-yet-valid` or `altered`
 */
export async function verifyScript(script: RecoveryScript, trust: PayloadTrust): Promise<void> {
  const name = `script ${script.manifest.name}`;
  await verifyPayload('winre-script/v1', name, script.manifest, script.signature, trust);
  if ((await sha256Hex(script.content)) !== script.manifest.sha256) throw new RecoveryError('untrusted-payload', `${name}: the content is not what was signed`, { facts: { reason: 'altered' } });
}

/** Signs a remediation package; digests and sizes of the files are computed here. */
export async function signPackage(
  source: { readonly manifest: Omit<PackageManifest, 'files'>; readonly contents: RemediationPackage['contents'] },
  terms: SignatureTerms,
  signer: StatementSigner,
): Promise<RemediationPackage> {
  const files = await Promise.all(
    source.contents.map(async ({ path, base64 }) => {
      const bytes = fromBase64(base64);
      return { path, sha256: await sha256Hex(bytes), bytes: bytes.length };
    }),
  );
  const manifest = { ...source.manifest, files };
  return { manifest, contents: source.contents, signature: await signPayload('winre-package/v1', manifest, terms, signer) };
}

/**
 * Refuses a package by the same rules as {@link verifyScript}; contents must be exactly the files of the manifest, and hold its entry point.
 *
 * @throws {RecoveryError} `untrusted-payload`, with `facts.reason` as for scripts
 */
export async function verifyPackage(remediationPackage: RemediationPackage, trust: PayloadTrust): Promise<void> {
  const { manifest, contents, signature } = remediationPackage;
  const name = `package ${manifest.name}`;
  await verifyPayload('winre-package/v1', name, manifest, signature, trust);
  const altered = (message: string): RecoveryError => new RecoveryError('untrusted-payload', `${name}: ${message}`, { facts: { reason: 'altered' } });
  const byPath = new Map(contents.map((file) => [file.path, file.base64]));
  const listed = new Set(manifest.files.map((file) => file.path));
  if (byPath.size !== contents.length || listed.size !== manifest.files.length || listed.size !== byPath.size) throw altered('contents and manifest list different files');
  if (!byPath.has(manifest.entryPoint.path)) throw altered(`the entry point ${manifest.entryPoint.path} is not in the package`);
  for (const file of manifest.files) {
    const base64 = byPath.get(file.path);
    if (base64 === undefined || (await sha256Hex(fromBase64(base64))) !== file.sha256) throw altered(`file ${file.path} is not what was signed`);
  }
}
