import type { z } from 'zod';
import { RecoveryError } from '../../errors/recovery-error.ts';
import { unknownMembersOf } from './unknown-members.ts';

/**
 * Parses what a plug-in returned. Members this version does not know are dropped, and enum values it does not know become `unknown` where the enum has that value; where the
 * schema has a member `raw`, both are kept there. Everything else that does not fit is the plug-in's defect.
 *
 * @throws {RecoveryError} `internal` naming the field
 */
export function parseReply<Schema extends z.ZodType>(schema: Schema, reply: unknown, what: string): z.output<Schema> {
  const first = schema.safeParse(reply);
  if (first.success) return keepRaw(schema, reply, reply, first.data);
  let candidate: unknown;
  try {
    candidate = structuredClone(reply);
  } catch {
    candidate = undefined;
  }
  if (!first.error.issues.some((issue) => soften(candidate, issue))) throw refuse(what, first.error);
  for (let round = 0; round < 4; round += 1) {
    const parsed = schema.safeParse(candidate);
    if (parsed.success) return keepRaw(schema, reply, candidate, parsed.data);
    const softened = parsed.error.issues.map((issue) => soften(candidate, issue));
    if (!softened.includes(true)) throw refuse(what, parsed.error);
  }
  throw refuse(what, first.error);
}

/** Parsed once more, with what was left out under `raw`; the same as before when the schema has no place for it, or it is not JSON. */
function keepRaw<Schema extends z.ZodType>(schema: Schema, reply: unknown, candidate: unknown, parsed: z.output<Schema>): z.output<Schema> {
  const unknown = unknownMembersOf(reply, parsed);
  if (Object.keys(unknown).length === 0) return parsed;
  const told: unknown = Reflect.get(Object(candidate), 'raw');
  const raw = typeof told === 'object' ? { ...told, ...unknown } : unknown;
  const kept = schema.safeParse({ ...Object(candidate), raw });
  return kept.success ? kept.data : parsed;
}

/** Changes the candidate so that the issue goes away, when the contract says to tolerate it. */
function soften(candidate: unknown, issue: z.core.$ZodIssue): boolean {
  const parent = memberAt(candidate, issue.code === 'unrecognized_keys' ? issue.path : issue.path.slice(0, -1));
  if (typeof parent !== 'object' || parent === null) return false;
  const members = parent as Record<PropertyKey, unknown>;
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) Reflect.deleteProperty(members, key);
    return true;
  }
  const last = issue.path.at(-1);
  if (issue.code === 'invalid_value' && issue.values.includes('unknown') && last !== undefined && typeof members[last] === 'string' && members[last] !== 'unknown') {
    members[last] = 'unknown';
    return true;
  }
  return false;
}

function memberAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((parent, name) => (typeof parent === 'object' && parent !== null ? (parent as Record<PropertyKey, unknown>)[name] : undefined), value);
}

function refuse(what: string, error: z.ZodError): RecoveryError {
  const [issue] = error.issues;
  const fieldPath = issue?.path.join('.') ?? '';
  return new RecoveryError('internal', `${what} breaks the contract: ${fieldPath || 'reply'}: ${issue?.message ?? 'not valid'}`, { fieldPath });
}
