import { RecoveryError } from '@winre-kit/sdk';
import { decideApproval, settleApproval, type ApprovalVerdict } from '../approvals/decide-approval.ts';
import type { TenantFault } from '../faults/tenant-fault.ts';
import type { ApprovalRecord } from '../state/approval-record.ts';
import type { TenantState } from '../state/tenant-state.ts';
import type { TokenRequest } from '../state/tenant-token.ts';
import type { ProtectedArea } from '../surface/graph-row.ts';
import type { ApprovalForm } from '../tenant-settings.ts';

/** What a test does with tokens, approvals and faults. */
export interface ServiceScript {
  /** A bearer token. The tenant decides its worth; it is not a JWT. */
  issueToken(request: TokenRequest): string;
  /** Every token that was issued is refused from now on. */
  revokeTokens(): void;
  /** Writes in this area need approval from now on, but for those of the excluded applications. */
  protect(area: ProtectedArea, policy?: { readonly excludedAppIds?: readonly string[] }): void;
  unprotect(area: ProtectedArea): void;
  /** In which form parked writes are answered from now on. */
  setApprovalForm(form: ApprovalForm): void;
  /**
   * Another administrator decides on a request.
   *
   * @throws {RecoveryError} `not-found` for an unknown code, `failed-precondition` when it cannot be decided that way
   */
  decideApproval(code: string, verdict: ApprovalVerdict, decision?: { readonly by?: string; readonly justification?: string }): void;
  /** Every request for approval, oldest first. */
  approvals(): readonly Readonly<ApprovalRecord>[];
  /** Makes something go wrong from now on. */
  inject(fault: TenantFault): void;
  clearFaults(): void;
}

/** The script of the service around the devices. */
export function createServiceScript(tenant: TenantState, setApprovalForm: (form: ApprovalForm) => void): ServiceScript {
  return {
    issueToken({ scopes, lifetimeMs = 3_600_000, appId = 'app-1', userPrincipalName }) {
      const token = `scripted-${tenant.random.guid()}${tenant.random.guid()}`;
      tenant.tokens.set(token, { scopes: [...scopes], appId, expiresAtMs: tenant.settings.nowMs() + lifetimeMs, ...(userPrincipalName === undefined ? {} : { userPrincipalName }) });
      return token;
    },
    revokeTokens: () => tenant.tokens.clear(),
    protect: (area, { excludedAppIds = [] } = {}) => tenant.approvalPolicies.put({ id: area, area, excludedAppIds }),
    unprotect: (area) => void tenant.approvalPolicies.remove(area),
    setApprovalForm,
    decideApproval(code, verdict, { by = 'approver@contoso.example', justification = 'agreed' } = {}) {
      const record = tenant.approvals.peek(code);
      if (!record) throw new RecoveryError('not-found', `the tenant has no approval request ${code}`, { fieldPath: 'code' });
      const reason = decideApproval(record, verdict, { by, justification, nowMs: tenant.settings.nowMs() });
      if (reason !== undefined) throw new RecoveryError('failed-precondition', reason);
    },
    approvals() {
      for (const record of tenant.approvals.items()) settleApproval(record, tenant.settings.nowMs());
      return tenant.approvals.items();
    },
    inject: (fault) => void (tenant.faults = [...tenant.faults, fault]),
    clearFaults: () => void (tenant.faults = []),
  };
}
