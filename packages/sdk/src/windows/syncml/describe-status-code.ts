import { statusCodes, type StatusCodeRow } from './status-codes.table.ts';

const rows: Readonly<Record<number, StatusCodeRow>> = statusCodes;

/**
 * The row of a code. Our own rule for one that is not in {@link statusCodes}: it is judged by its class, as HTTP's would be, and trusted no further than that.
 * @see https://learn.microsoft.com/en-us/windows/client-management/oma-dm-protocol-support
 */
export function describeStatusCode(code: number): StatusCodeRow {
  const row = rows[code];
  if (row !== undefined) return row;
  const shared = { mayBeUnknownNode: false, grade: 'S' } as const;
  if (code >= 200 && code < 300) return { meaning: `Some kind of success (${code}).`, outcome: 'done', retry: 'never', ...shared };
  if (code >= 400 && code < 500) return { meaning: `Refused (${code}).`, outcome: 'not-done', retry: 'never-unchanged', ...shared };
  return { meaning: `Unknown code ${code}.`, outcome: 'unknown', retry: 'reconcile-first', ...shared };
}
