import type { z } from 'zod';
import type { ErrorCode } from './error-codes.table.ts';
import { RecoveryError } from './recovery-error.ts';

/**
 * Parses a value at the edge and says which field is wrong and what was expected.
 *
 * @param what names the value in the message, such as `approval` or `config of plugin x`
 * @throws {RecoveryError} with `code`; every issue is in `facts.issues`, the first one in `fieldPath`. The value itself is never quoted.
 */
export function parseOrThrow<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
  code: ErrorCode = 'invalid-argument',
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => ({ fieldPath: fieldPathOf(issue), expected: expectationOf(issue) }));
  const first = issues[0] ?? { fieldPath: '', expected: 'a valid value' };
  const others = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  throw new RecoveryError(code, `${what}: ${first.fieldPath || 'value'}: ${first.expected}${others}`, {
    fieldPath: first.fieldPath,
    facts: { issues },
  });
}

/** Of members that should not be there, the first is named itself: it is what has to be changed. */
function fieldPathOf(issue: z.core.$ZodIssue): string {
  return [...issue.path, ...(issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])].join('.');
}

/** A union's own message says nothing; what each of its members misses does. */
function expectationOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue.message;
  const members = issue.errors.flatMap(([first]) => (first ? [`${first.path.length > 0 ? `${first.path.join('.')}: ` : ''}${first.message}`] : []));
  return `${issue.message}: ${[...new Set(members)].join('; or ')}`;
}
