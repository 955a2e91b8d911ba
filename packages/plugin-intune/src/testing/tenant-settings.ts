import type { Clock } from '@winre-kit/sdk';
import type { WorkloadLimits } from './faults/request-windows.ts';

/** In which form the service says that it is too busy. All three occur. */
export type RetryAfterForm = 'seconds' | 'date' | 'none';

/** In which form a parked write is answered. All three are described; the header `x-msft-approval-code` is in each. */
export type ApprovalForm = 'forbidden-403' | 'precondition-412' | 'bad-request-400';

/** How a tenant is. */
export interface ScriptedTenantSettings {
  /** Only read. `tenant.advance` moves the tenant's own time ahead of it. */
  readonly clock: Pick<Clock, 'now'>;
  /** Decides ids, tokens and the order of batch replies. Default: 1. */
  readonly seed?: number;
  /** Most objects of a page. Default: 1,000. */
  readonly maxPageSize?: number;
  /** So many reads do not see an object that was just created. Default: 0. */
  readonly hiddenForReads?: number;
  /** Default: seconds. */
  readonly retryAfterForm?: RetryAfterForm;
  /** Default: forbidden-403. */
  readonly approvalForm?: ApprovalForm;
  /** Default: Graph's published limits. */
  readonly limits?: WorkloadLimits;
}

/** Settings with their defaults. `nowMs` is the tenant's time. */
export interface ResolvedSettings extends Required<Omit<ScriptedTenantSettings, 'clock'>> {
  readonly nowMs: () => number;
}
