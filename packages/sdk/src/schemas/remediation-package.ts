import { z } from 'zod';
import { base64Schema, sha256Schema } from './primitives.ts';
import { interpreterSchema, payloadSignatureSchema } from './script.ts';

/** A path inside a package: relative, forward slashes, no `.` or `..` segment, no drive letter. */
export const packagePathSchema = z
  .string()
  .min(1)
  .max(240)
  .regex(/^(?!\/)(?!.*(?:^|\/)\.{1,2}(?:\/|$))[^\\:\0]+$/, 'expected a relative path without "..", ":" or a backslash');

/** Everything about a package that its signature covers, beside tenant and validity. */
export const packageManifestSchema = z.strictObject({
  name: z.string().min(1).max(128),
  version: z.string().min(1).max(64),
  /** Driver packages are installed by staged rollout only. */
  kind: z.enum(['remediation', 'drivers']),
  files: z.array(z.strictObject({ path: packagePathSchema, sha256: sha256Schema, bytes: z.int().nonnegative() })).min(1).max(1_000),
  /** The file that is run, with the same rules as a script. */
  entryPoint: z.strictObject({
    path: packagePathSchema,
    interpreter: interpreterSchema,
    successExitCodes: z.array(z.int().min(0).max(0xffff_ffff)).min(1),
    timeoutMs: z.int().positive().max(6 * 3_600_000),
    maxOutputBytes: z.int().positive().max(16 * 1_048_576),
  }),
});
export type PackageManifest = z.infer<typeof packageManifestSchema>;

/** A signed remediation package; the signature covers the manifest and, through its digests, every file. */
export const remediationPackageSchema = z.strictObject({
  manifest: packageManifestSchema,
  contents: z.array(z.strictObject({ path: packagePathSchema, base64: base64Schema })),
  signature: payloadSignatureSchema,
});
export type RemediationPackage = z.infer<typeof remediationPackageSchema>;
