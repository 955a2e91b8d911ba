import { z } from 'zod';

/** Any JSON value; what may stand in handles, plans and journals. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
/** Any JSON value, checked to any depth. */
export const jsonValueSchema: z.ZodType<JsonValue> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(jsonValueSchema), z.record(z.string(), jsonValueSchema)]),
);

const identifier = (): z.ZodString => z.string().min(1).max(200).regex(/^[\x21-\x7e]+$/, 'expected 1 to 200 printable ASCII characters without spaces');

/** Whose device it is. Nothing that belongs to one tenant is ever seen by another. */
export const tenantIdSchema = identifier();
/** The vendor's id of a device, unique within its tenant. */
export const deviceIdSchema = identifier();
/** Names one enrolment of a device. A device enrolled anew gets another epoch; work bound to an old epoch never reaches it. */
export const enrolmentEpochSchema = identifier();
/** Names one stay of a device in WinRE. */
export const sessionIdSchema = identifier();
/** Given by the host; unique for ever. */
export const operationIdSchema = identifier();
/** Chosen by the caller; the same key with the same payload is the same operation for ever. */
export const operationKeySchema = identifier();
/** Names a public key: the first 32 hexadecimal digits of the SHA-256 of its raw bytes. */
export const keyIdSchema = identifier();
/** npm package name or reverse DNS name of a plug-in. */
export const pluginIdSchema = z.string().min(1).max(214).regex(/^(@[a-z0-9-]+\/)?[a-z0-9][a-z0-9._-]*$/, 'expected an npm package name or a reverse DNS name');

/** SHA-256, 64 lower-case hexadecimal digits. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits');
/** UTC time in ISO 8601 with `Z`, such as `2026-11-22T03:00:00.000Z`. */
export const instantSchema = z.iso.datetime();
export type Instant = z.infer<typeof instantSchema>;
/** Standard base64 with padding. */
export const base64Schema = z.base64();

/** The name of a secret, never its value. Resolved through `services.secrets`. */
export const secretRefSchema = z.strictObject({ secret: z.string().min(1).max(200) });
export type SecretRef = z.infer<typeof secretRefSchema>;

/** Something the caller should know although the call succeeded: partial support, deprecation, a value the vendor changed. */
export const noticeSchema = z.strictObject({
  code: z.string().min(1),
  message: z.string().min(1),
  severity: z.enum(['info', 'warning']).default('info'),
});
export type Notice = z.infer<typeof noticeSchema>;

/** Members and enum words of a reply that this version does not know, by dotted path. They never steer the host. */
export const rawMembersSchema = z.record(z.string(), jsonValueSchema);

/** Vendor extras by plug-in id. They never steer the host. */
export const vendorExtrasSchema = z.record(z.string(), jsonValueSchema);
