import type { ErrorCode } from '@winre-kit/sdk';

/** The HTTP status that goes with each code. The code decides; the status is for proxies and logs. */
export const errorStatus = {
  'invalid-argument': 400,
  'invalid-config': 400,
  unauthenticated: 401,
  'permission-denied': 403,
  'approval-required': 403,
  'approval-rejected': 403,
  'approval-expired': 403,
  'enrolment-changed': 403,
  'untrusted-payload': 403,
  'not-found': 404,
  unsupported: 404,
  'already-exists': 409,
  conflict: 409,
  'plan-stale': 409,
  'failed-precondition': 409,
  'session-lost': 409,
  cancelled: 409,
  'resource-exhausted': 413,
  'device-unreachable': 503,
  unavailable: 503,
  'deadline-exceeded': 504,
  'spec-version-mismatch': 505,
  'data-loss': 500,
  internal: 500,
} as const satisfies Record<ErrorCode, number>;
