import type { GraphRow } from '../surface/graph-row.ts';

export type BodyVerdict = { readonly kind: 'body'; readonly body: unknown } | { readonly kind: 'refused'; readonly reason: string };

/** Reads a body by the row's schema. Pure. Nothing that the schema does not name is taken. */
export function readBody({ body: schema }: GraphRow, bodyText: string, contentType: string | null): BodyVerdict {
  if (!schema) return bodyText === '' ? { kind: 'body', body: undefined } : { kind: 'refused', reason: 'This request does not take a body.' };
  if (contentType?.split(';')[0]?.trim().toLowerCase() !== 'application/json') return { kind: 'refused', reason: `Expected content type application/json, got ${contentType ?? 'none'}.` };
  const parsed = parse(bodyText);
  if (parsed === undefined) return { kind: 'refused', reason: 'Unable to read JSON request payload.' };
  const verdict = schema.safeParse(parsed.value);
  if (verdict.success) return { kind: 'body', body: verdict.data };
  const issue = verdict.error.issues[0];
  return { kind: 'refused', reason: `Invalid body at '${issue?.path.join('.') ?? ''}': ${issue?.message ?? 'not as described'}` };
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
