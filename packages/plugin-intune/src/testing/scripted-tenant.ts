import { answerRequest } from './answer/answer-request.ts';
import { publishedLimits } from './faults/request-windows.ts';
import { createContentScript, type ContentScript } from './script/content-script.ts';
import { createDeviceScript, type DeviceScript } from './script/device-script.ts';
import { createServiceScript, type ServiceScript } from './script/service-script.ts';
import type { RecordedRequest, Violation } from './state/journal.ts';
import { createTenantState } from './state/tenant-state.ts';
import type { TokenRequest } from './state/tenant-token.ts';
import type { ApprovalForm, ScriptedTenantSettings } from './tenant-settings.ts';

/** A token as `@azure/identity` hands it out. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresOnTimestamp: number;
}

/** A stand-in for Microsoft Graph in front of one tenant: what the documentation says, and nothing else. */
export interface ScriptedTenant extends DeviceScript, ContentScript, ServiceScript {
  /**
   * Answers a request to Graph. The host of its address does not matter.
   *
   * @returns `Response.error()` where a fault cuts the connection
   */
  answer(request: Request): Promise<Response>;
  /** A credential in the form of `@azure/identity`: a new token whenever it is asked. */
  credential(request: TokenRequest): { getToken(scopes: string | string[]): Promise<IssuedToken> };
  /** The tenant's time, in milliseconds since 1970. */
  nowMs(): number;
  /** Moves the tenant's time ahead of the lent clock: everything due until then happens. */
  advance(ms: number): void;
  /** Every request, oldest first; parts of a batch come before their batch. Bodies are kept as they came. */
  readonly requests: readonly RecordedRequest[];
  /** Every request that Graph would never take. A client is right when there are none. */
  readonly violations: readonly Violation[];
}

/** An empty tenant. Time stands unless the clock or `advance` moves it; equal seeds and calls give equal replies. */
export function createScriptedTenant(settings: ScriptedTenantSettings): ScriptedTenant {
  const { clock, seed = 1, maxPageSize = 1_000, hiddenForReads = 0, retryAfterForm = 'seconds', limits = publishedLimits } = settings;
  let aheadMs = 0;
  let approvalForm: ApprovalForm = settings.approvalForm ?? 'forbidden-403';
  const nowMs = (): number => clock.now() + aheadMs;
  const state = createTenantState({
    seed, maxPageSize, hiddenForReads, retryAfterForm, limits, nowMs,
    get approvalForm() {
      return approvalForm;
    },
  });
  const service = createServiceScript(state, (form) => void (approvalForm = form));
  return {
    ...createDeviceScript(state),
    ...createContentScript(state),
    ...service,
    answer: (request) => answerRequest(state, request),
    credential: (request) => ({
      getToken: () => Promise.resolve({ token: service.issueToken(request), expiresOnTimestamp: nowMs() + (request.lifetimeMs ?? 3_600_000) }),
    }),
    nowMs,
    advance(ms) {
      aheadMs += ms;
      state.schedule.settle(nowMs());
    },
    requests: state.requests,
    violations: state.violations,
  };
}
