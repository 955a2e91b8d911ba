import { checkApproval } from '../approvals/check-approval.ts';
import { meetFault } from '../faults/meet-fault.ts';
import { refusalReply, refusals, type GraphRefusal, type RequestIds } from '../protocol/graph-refusal.ts';
import type { GraphReply } from '../protocol/graph-reply.ts';
import { readQuery } from '../protocol/read-query.ts';
import { shapeReply } from '../protocol/shape-reply.ts';
import { instantOf } from '../state/instant.ts';
import type { Violation } from '../state/journal.ts';
import type { TenantState } from '../state/tenant-state.ts';
import { findRow, type RowVerdict } from '../surface/find-row.ts';
import { checkCaller, checkScopes } from './check-caller.ts';
import { graphHandlers } from './graph-handlers.ts';
import type { GraphCall } from './graph-call.ts';
import { meetFaultsAfter, meetFaultsBefore } from './meet-request-faults.ts';
import { readBody } from './read-body.ts';
import { writeAuditEvent } from './write-audit-event.ts';
import type { WireRequest } from './wire-request.ts';

/** A reply, and the operation that the request named. */
export interface WireAnswer {
  readonly reply: GraphReply;
  readonly operation?: string;
}

/** Answers one request, or one part of a batch: every check in Graph's order, then the operation itself. */
export function answerWire(tenant: TenantState, wire: WireRequest, ids: RequestIds, nowMs: number): WireAnswer {
  const url = new URL(`${wire.origin}/${wire.version}${wire.target}`);
  const refuse = (refusal: GraphRefusal, violation?: Pick<Violation, 'rule' | 'reason'>): GraphReply => {
    if (violation) tenant.violations.push({ atMs: nowMs, method: wire.method, url: `/${wire.version}${wire.target}`, ...violation });
    return refusalReply(refusal, ids);
  };
  const known = checkCaller(tenant, wire.headers, nowMs);
  if (known.kind === 'refused') return { reply: refuse(known.refusal) };
  const { caller } = known;
  const found = findRow(wire.version, wire.method, decodePath(url.pathname).slice(wire.version.length + 1));
  if (found.kind !== 'found') {
    const { refusal, ...violation } = strangeRow(found, wire, url);
    return { reply: refuse(refusal, violation) };
  }
  const { row, params } = found;
  const { operation } = row;
  const isWrite = row.method !== 'GET';
  const subject = { operation, params, isBatchPart: wire.isBatchPart };
  const stopped = meetFaultsBefore(tenant, { ...subject, workload: row.workload, isWrite, appId: caller.appId }, ids, nowMs);
  if (stopped) return { reply: stopped, operation };
  const denied = checkScopes(caller, row.scopes);
  if (denied) return { reply: refuse(denied), operation };
  const query = readQuery(row, wire.version, url.searchParams);
  if (query.kind === 'refused') return { reply: refuse(refusals.badRequest(query.reason), { rule: 'query', reason: query.reason }), operation };
  const body = readBody(row, wire.bodyText, wire.headers.get('content-type'));
  if (body.kind === 'refused') return { reply: refuse(refusals.badRequest(body.reason), { rule: 'body', reason: body.reason }), operation };
  const call: GraphCall = { row, params, query: query.query, body: body.body, caller, nowMs };
  const approval = checkApproval(tenant, call, { method: wire.method, url: `/${wire.version}${wire.target}`, bodyText: wire.bodyText, headers: wire.headers });
  if (approval.kind === 'refused') return { reply: refuse(approval.refusal, approval.violation), operation };
  const answer = graphHandlers[operation]?.(tenant, call) ?? { kind: 'refused', refusal: refusals.badRequest('The tenant does not do this.') };
  if (answer.kind === 'refused') return { reply: refuse(answer.refusal), operation };
  if (approval.kind === 'approved') {
    approval.record.status = 'completed';
    approval.record.changedAtMs = nowMs;
  }
  if (isWrite) writeAuditEvent(tenant, call, ids.clientRequestId);
  const spoilt = meetFaultsAfter(tenant, subject);
  if (spoilt) return { reply: spoilt, operation };
  const lacking = meetFault(tenant.faults, ['missing-fields'], subject);
  tenant.faults = lacking.faults;
  const wantsUnknownMembers = /\binclude-unknown-enum-members\b/.test(wire.headers.get('prefer') ?? '');
  return { reply: shapeReply(answer, { row, version: wire.version, query: query.query, url, maxPageSize: tenant.settings.maxPageSize, missingFields: lacking.fault?.fields ?? [], wantsUnknownMembers }), operation };
}

/** The ids of a reply. */
export function idsOf(tenant: TenantState, headers: Headers, nowMs: number): RequestIds {
  const requestId = tenant.random.guid();
  return { requestId, clientRequestId: headers.get('client-request-id') ?? requestId, date: instantOf(nowMs).slice(0, 19) };
}

/** A path that cannot be decoded stays as it is: no operation has it. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** What a path that is not in the surface gets, and why. */
function strangeRow(verdict: Exclude<RowVerdict, { kind: 'found' }>, wire: WireRequest, url: URL): { readonly refusal: GraphRefusal; readonly rule: Violation['rule']; readonly reason: string } {
  const segment = url.pathname.split('/').at(-1) ?? '';
  switch (verdict.kind) {
    case 'wrong-method': return { refusal: { status: 405, code: 'MethodNotAllowed', message: `The method ${wire.method} is not allowed here.`, headers: { allow: verdict.allowed.join(', ') } }, rule: 'wrong-method', reason: `takes ${verdict.allowed.join(', ')}` };
    case 'wrong-version': return { refusal: refusals.badRequest(`Resource not found for the segment '${segment}'.`), rule: 'wrong-version', reason: `is not in ${wire.version}` };
    case 'unknown-path': return { refusal: refusals.badRequest(`Resource not found for the segment '${segment}'.`), rule: 'unknown-path', reason: 'is not among the operations that Graph documents for recovery' };
  }
}
