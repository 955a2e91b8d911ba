import type { ErrorCode } from '@winre-kit/sdk';

/**
 * Words of Graph, in lower case, that say more than their status does; everything else goes by status. Services of Graph differ in case and spelling.
 * @see https://learn.microsoft.com/graph/errors
 */
export const graphErrorCodes: Readonly<Record<string, ErrorCode>> = {
  invalidauthenticationtoken: 'unauthenticated',
  unauthenticated: 'unauthenticated',
  forbidden: 'permission-denied',
  accessdenied: 'permission-denied',
  authorization_requestdenied: 'permission-denied',
  // The permission is there, the licence is not.
  authentication_requestfromnonpremiumtenantorb2ctenant: 'failed-precondition',
  resourcenotfound: 'not-found',
  request_resourcenotfound: 'not-found',
  itemnotfound: 'not-found',
  notfound: 'not-found',
  conflict: 'conflict',
  request_multipleobjectswithsamekeyvalue: 'conflict',
  toomanyrequests: 'resource-exhausted',
  activitylimitreached: 'resource-exhausted',
  quotalimitreached: 'resource-exhausted',
  directory_quotaexceeded: 'resource-exhausted',
  notsupported: 'unsupported',
  // Only where no code to come back with was given: see approval/parked-write.ts.
  approvalrequired: 'failed-precondition',
};
