/**
 * The status of each reason to refuse. `isInferred` marks those for which no public text names the code: a server must not rest on them.
 *
 * @see https://learn.microsoft.com/en-us/windows/client-management/oma-dm-protocol-support#syncml-response-status-codes
 */
export const refusals = {
  'no-command-id': { status: 400, isInferred: false },
  'not-a-command': { status: 400, isInferred: false },
  'no-item': { status: 400, isInferred: true },
  'bad-uri': { status: 400, isInferred: false },
  'user-scope': { status: 405, isInferred: false },
  'not-allowed': { status: 405, isInferred: false },
  'no-such-node': { status: 404, isInferred: false },
  'no-such-property': { status: 406, isInferred: false },
  'no-such-feature': { status: 406, isInferred: false },
  'already-exists': { status: 418, isInferred: false },
  'wrong-format': { status: 415, isInferred: false },
  'not-of-its-format': { status: 415, isInferred: true },
  'cdata': { status: 400, isInferred: true },
  'out-of-range': { status: 400, isInferred: true },
  'dependency-unmet': { status: 400, isInferred: true },
  'outside-atomic': { status: 500, isInferred: true },
  'get-inside-atomic': { status: 500, isInferred: false },
  'nested-atomic': { status: 500, isInferred: false },
  'add-then-replace': { status: 500, isInferred: true },
  'chunk-inside-atomic': { status: 500, isInferred: true },
  'wrong-size': { status: 424, isInferred: false },
  'session-ended': { status: 214, isInferred: false },
} as const satisfies Record<string, { readonly status: number; readonly isInferred: boolean }>;

export type RefusalReason = keyof typeof refusals;
