import { z } from 'zod';
import { base64Schema, instantSchema, keyIdSchema, sha256Schema, tenantIdSchema } from './primitives.ts';

/** Which program reads the script. Stock WinRE has `cmd` only; `sh` is for the simulated Linux platform. */
export const interpreterSchema = z.enum(['cmd', 'powershell', 'sh']);
export type Interpreter = z.infer<typeof interpreterSchema>;

/** Everything about a script that its signature covers, beside tenant and validity. */
export const scriptManifestSchema = z.strictObject({
  name: z.string().min(1).max(128),
  interpreter: interpreterSchema,
  /** SHA-256 of the UTF-8 content. */
  sha256: sha256Schema,
  /** Exit codes that count as success; every other one makes the operation `failed`. */
  successExitCodes: z.array(z.int().min(0).max(0xffff_ffff)).min(1),
  timeoutMs: z.int().positive().max(6 * 3_600_000),
  /** Limit for stdout and stderr each; what is over it is cut and flagged. */
  maxOutputBytes: z.int().positive().max(16 * 1_048_576),
});
export type ScriptManifest = z.infer<typeof scriptManifestSchema>;

/** A detached Ed25519 signature over the canonical JSON of the statement that `trust/signed-payload.ts` builds. */
export const payloadSignatureSchema = z.strictObject({
  algorithm: z.literal('ed25519'),
  keyId: keyIdSchema,
  tenantId: tenantIdSchema,
  issuedAt: instantSchema,
  expiresAt: instantSchema,
  signature: base64Schema,
});
export type PayloadSignature = z.infer<typeof payloadSignatureSchema>;

/** A signed script. Content is text in UTF-8 and must hold no secret: it is journalled. */
export const recoveryScriptSchema = z.strictObject({
  manifest: scriptManifestSchema,
  content: z.string().max(1_048_576),
  signature: payloadSignatureSchema,
});
export type RecoveryScript = z.infer<typeof recoveryScriptSchema>;

/** One output stream of a finished script. Bytes that are not UTF-8 are replaced. */
export const outputStreamSchema = z.object({ text: z.string(), bytes: z.int().nonnegative(), truncated: z.boolean(), encoding: z.literal('utf-8') });
export type OutputStream = z.infer<typeof outputStreamSchema>;
