import { meetFault, type FaultSubject } from '../faults/meet-fault.ts';
import { takeRequest } from '../faults/request-windows.ts';
import { refusalReply, type GraphRefusal, type RequestIds } from '../protocol/graph-refusal.ts';
import type { GraphReply } from '../protocol/graph-reply.ts';
import type { TenantState } from '../state/tenant-state.ts';
import type { Workload } from '../surface/graph-row.ts';
import type { RetryAfterForm } from '../tenant-settings.ts';
import { unauthorized } from './check-caller.ts';

const gatewayPage = '<!DOCTYPE html><html><head><title>Service unavailable</title></head><body><h2>Our services aren\'t available right now</h2></body></html>';

/** What stops a request before it has any effect: a scripted fault, or the limits. Undefined when nothing does. */
export function meetFaultsBefore(tenant: TenantState, subject: FaultSubject & { readonly workload: Workload; readonly isWrite: boolean; readonly appId: string }, ids: RequestIds, nowMs: number): GraphReply | undefined {
  const met = meetFault(tenant.faults, ['throttle', 'server-error', 'html-page', 'token-rejected', 'cut-before-effect'], subject);
  tenant.faults = met.faults;
  const { fault } = met;
  switch (fault?.kind) {
    case 'cut-before-effect': return { status: 0, headers: {}, isCut: true };
    case 'html-page': return { status: fault.status, headers: { 'content-type': 'text/html' }, text: gatewayPage };
    case 'token-rejected': return refusalReply(unauthorized('Continuous access evaluation resulted in challenge.'), ids);
    case 'server-error': return refusalReply({ status: fault.status, code: 'ServiceUnavailable', message: 'The service is temporarily unavailable.', ...(fault.retryAfterSeconds === undefined ? {} : { headers: { 'retry-after': String(fault.retryAfterSeconds) } }) }, ids);
    case 'throttle': return refusalReply(tooMany((fault.retryAfterSeconds ?? 5) * 1_000, fault.form ?? tenant.settings.retryAfterForm, nowMs), ids);
    case undefined: {
      const waitMs = takeRequest(tenant.windows, tenant.settings.limits, { ...subject, nowMs });
      return waitMs === 0 ? undefined : refusalReply(tooMany(waitMs, tenant.settings.retryAfterForm, nowMs), ids);
    }
  }
}

/** What spoils the reply of a request that took effect. Undefined when nothing does. */
export function meetFaultsAfter(tenant: TenantState, subject: FaultSubject): GraphReply | undefined {
  const { faults, fault } = meetFault(tenant.faults, ['cut-after-effect', 'empty-reply'], subject);
  tenant.faults = faults;
  if (fault?.kind === 'cut-after-effect') return { status: 0, headers: {}, isCut: true };
  return fault && { status: 200, headers: {} };
}

function tooMany(waitMs: number, form: RetryAfterForm, nowMs: number): GraphRefusal {
  const seconds = Math.ceil(waitMs / 1_000);
  // A date has whole seconds: round up, or the client comes too early.
  const at = new Date(Math.ceil((nowMs + seconds * 1_000) / 1_000) * 1_000).toUTCString();
  const headers: Readonly<Record<RetryAfterForm, Readonly<Record<string, string>>>> = { seconds: { 'retry-after': String(seconds) }, date: { 'retry-after': at }, none: {} };
  return { status: 429, code: 'TooManyRequests', message: 'Too many requests.', headers: headers[form] };
}
