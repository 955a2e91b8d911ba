/** What the caller may do after a failed call. `reconcile-first` means: the outcome is unknown, ask before anything is sent again. */
export type RetryAdvice =
  | 'never'
  | 'never-unchanged'
  | 'once'
  | 'after-grant'
  | 'after-approval'
  | 'after-fix'
  | 'after-redetect'
  | 'until-deliver-by'
  | 'with-backoff'
  | 'at-reset'
  | 'with-new-plan'
  | 'after-resigning'
  | 'reconcile-first';

interface ErrorCodeRow {
  /** Who has to do something about it. */
  readonly actor: string;
  readonly retry: RetryAdvice;
  readonly meaning: string;
}

/**
 * Every code a `RecoveryError` can carry. Codes are stable within a major version; messages may improve any day.
 *
 * @see docs/design/plugin-contract.md#errors
 */
export const errorCodes = {
  'invalid-argument': { actor: 'caller', retry: 'never-unchanged', meaning: 'An argument does not have the shape the contract asks for; fieldPath names it.' },
  'invalid-config': { actor: 'administrator', retry: 'never-unchanged', meaning: 'The plug-in configuration is wrong; fieldPath names the field.' },
  unauthenticated: { actor: 'host renews once, then administrator', retry: 'once', meaning: 'The vendor, gateway or agent does not accept the credentials.' },
  'permission-denied': { actor: 'administrator', retry: 'after-grant', meaning: 'The credentials are good but lack a scope or role; the message names it.' },
  'approval-required': { actor: 'approver', retry: 'after-approval', meaning: 'A person has to approve first; the same request is resumed afterwards.' },
  'approval-rejected': { actor: 'requester', retry: 'with-new-plan', meaning: 'An approver said no, or the approval is not valid for this plan.' },
  'approval-expired': { actor: 'requester', retry: 'with-new-plan', meaning: 'The time to approve or the time to execute has passed.' },
  'not-found': { actor: 'caller', retry: 'never-unchanged', meaning: 'No such plug-in, device, session, operation or restore point here.' },
  'already-exists': { actor: 'caller', retry: 'never-unchanged', meaning: 'The operation key was used before with another payload.' },
  'failed-precondition': { actor: 'administrator or device', retry: 'after-fix', meaning: 'Prechecks are unmet or unknown; details lists them.' },
  'session-lost': { actor: 'host', retry: 'after-redetect', meaning: 'The WinRE session ended or fell silent.' },
  'device-unreachable': { actor: 'host', retry: 'until-deliver-by', meaning: 'The device cannot be reached now.' },
  conflict: { actor: 'host', retry: 'with-backoff', meaning: 'Another operation holds the device.' },
  'resource-exhausted': { actor: 'host', retry: 'at-reset', meaning: 'A quota or limit is used up; retryAfterMs says when it resets.' },
  'plan-stale': { actor: 'planner', retry: 'with-new-plan', meaning: 'The world changed since the plan was made; the approval no longer holds.' },
  'enrolment-changed': { actor: 'nobody', retry: 'never', meaning: 'The device was enrolled anew; work planned for the old enrolment never reaches it.' },
  'untrusted-payload': { actor: 'signer', retry: 'after-resigning', meaning: 'A signature, digest, tenant, expiry or revocation check failed.' },
  unsupported: { actor: 'caller', retry: 'never', meaning: 'The plug-in or the device cannot do this; the reason is in the message.' },
  'spec-version-mismatch': { actor: 'whoever must upgrade', retry: 'never', meaning: 'Host and plug-in share no version of the contract.' },
  unavailable: { actor: 'host', retry: 'with-backoff', meaning: 'The service does not answer properly now. Nothing was done, unless the error says `retry: reconcile-first`.' },
  'deadline-exceeded': { actor: 'host', retry: 'reconcile-first', meaning: 'No answer in time; the outcome is unknown unless the message says otherwise.' },
  cancelled: { actor: 'nobody', retry: 'never', meaning: 'The operation was cancelled before it took effect.' },
  'data-loss': { actor: 'people', retry: 'never', meaning: 'An integrity check failed: stored or transmitted data is damaged.' },
  internal: { actor: 'vendor', retry: 'never', meaning: 'A defect. Never retried for destructive verbs.' },
} as const satisfies Record<string, ErrorCodeRow>;

export type ErrorCode = keyof typeof errorCodes;
