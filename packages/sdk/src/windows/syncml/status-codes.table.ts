import type { RetryAdvice } from '../../errors/error-codes.table.ts';

/** What a status code says of the command it answers. */
export interface StatusCodeRow {
  readonly meaning: string;
  /** `done` took effect; `accepted` will, or is under way; `not-done` did not and leaves things as they were; `unknown` means: read back. */
  readonly outcome: 'done' | 'accepted' | 'not-done' | 'unknown';
  readonly retry: RetryAdvice;
  /** True where the code is how a build says that it does not have the node at all, so another dialect may. */
  readonly mayBeUnknownNode: boolean;
  /** P: Microsoft's list for Windows. S: only the OMA's, which Windows's list refers to. */
  readonly grade: 'P' | 'S';
}

/**
 * Status codes of OMA DM as Windows uses them, and those of the OMA's list that a server must understand or send.
 *
 * Look one up with {@link describeStatusCode}, which answers for codes that are not here.
 *
 * @see https://learn.microsoft.com/windows/client-management/oma-dm-protocol-support (grade P)
 * @see https://www.openmobilealliance.org/release/SyncML_Common/V1_2_2-20090724-A/OMA-TS-SyncML-RepPro-V1_2_2-20090724-A.pdf (section 10, grade S)
 */
export const statusCodes = {
  101: { meaning: 'Being processed.', outcome: 'accepted', retry: 'with-backoff', mayBeUnknownNode: false, grade: 'S' },
  200: { meaning: 'Done.', outcome: 'done', retry: 'never', mayBeUnknownNode: false, grade: 'P' },
  201: { meaning: 'Done, and the item was added.', outcome: 'done', retry: 'never', mayBeUnknownNode: false, grade: 'S' },
  202: { meaning: 'Accepted; it goes on asynchronously and an alert may tell the end.', outcome: 'accepted', retry: 'never', mayBeUnknownNode: false, grade: 'P' },
  212: { meaning: 'Credentials accepted for this session; answers a header.', outcome: 'done', retry: 'never', mayBeUnknownNode: false, grade: 'P' },
  213: { meaning: 'Chunk received and buffered; send the next.', outcome: 'accepted', retry: 'never', mayBeUnknownNode: false, grade: 'P' },
  214: { meaning: 'Cancelled; the session ends.', outcome: 'unknown', retry: 'reconcile-first', mayBeUnknownNode: false, grade: 'P' },
  215: { meaning: 'Not executed: somebody chose not to.', outcome: 'not-done', retry: 'never-unchanged', mayBeUnknownNode: false, grade: 'P' },
  216: { meaning: 'Rolled back, because another command of its Atomic failed.', outcome: 'not-done', retry: 'never-unchanged', mayBeUnknownNode: false, grade: 'P' },
  400: { meaning: 'Bad request: malformed, or a value out of range.', outcome: 'not-done', retry: 'never-unchanged', mayBeUnknownNode: false, grade: 'P' },
  401: { meaning: 'Credentials are missing or wrong.', outcome: 'not-done', retry: 'once', mayBeUnknownNode: false, grade: 'P' },
  403: { meaning: 'Forbidden whatever the credentials.', outcome: 'not-done', retry: 'never-unchanged', mayBeUnknownNode: false, grade: 'P' },
  404: { meaning: 'No such node: not made yet, or not known to this build.', outcome: 'not-done', retry: 'never-unchanged', mayBeUnknownNode: true, grade: 'P' },
  405: { meaning: 'The node does not take this command, or not in this scope.', outcome: 'not-done', retry: 'never-unchanged', mayBeUnknownNode: true, grade: 'P' },
  406: { meaning: 'An optional feature that is not supported here.', outcome: 'not-done', retry: 'never-unchanged', mayBeUnknownNode: true, grade: 'P' },
  407: { meaning: 'Credentials are needed.', outcome: 'not-done', retry: 'once', mayBeUnknownNode: false, grade: 'S' },
  411: { meaning: 'The size of a large object was not said.', outcome: 'not-done', retry: 'never-unchanged', mayBeUnknownNode: false, grade: 'S' },
  413: { meaning: 'Too large.', outcome: 'not-done', retry: 'never-unchanged', mayBeUnknownNode: false, grade: 'S' },
  415: { meaning: 'Type or format is not the node’s.', outcome: 'not-done', retry: 'never-unchanged', mayBeUnknownNode: false, grade: 'P' },
  417: { meaning: 'Busy; try later.', outcome: 'not-done', retry: 'with-backoff', mayBeUnknownNode: false, grade: 'S' },
  418: { meaning: 'Exists already; Replace it.', outcome: 'not-done', retry: 'never-unchanged', mayBeUnknownNode: false, grade: 'P' },
  420: { meaning: 'The device is full.', outcome: 'not-done', retry: 'with-backoff', mayBeUnknownNode: false, grade: 'S' },
  424: { meaning: 'A large object has not the size that was said.', outcome: 'not-done', retry: 'never-unchanged', mayBeUnknownNode: false, grade: 'S' },
  425: { meaning: 'Access denied to whoever sent it.', outcome: 'not-done', retry: 'after-grant', mayBeUnknownNode: false, grade: 'P' },
  500: { meaning: 'Failed for a reason the code does not tell; the original error may.', outcome: 'unknown', retry: 'reconcile-first', mayBeUnknownNode: false, grade: 'P' },
  503: { meaning: 'Unavailable now.', outcome: 'not-done', retry: 'with-backoff', mayBeUnknownNode: false, grade: 'S' },
  507: { meaning: 'The Atomic failed; its commands were rolled back, unless one says 516.', outcome: 'not-done', retry: 'never-unchanged', mayBeUnknownNode: false, grade: 'P' },
  516: { meaning: 'Rolling back failed: the node may have either value.', outcome: 'unknown', retry: 'reconcile-first', mayBeUnknownNode: false, grade: 'P' },
} as const satisfies Readonly<Record<number, StatusCodeRow>>;
