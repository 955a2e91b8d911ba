import { refusalReply, type RequestIds } from '../protocol/graph-refusal.ts';
import type { GraphReply } from '../protocol/graph-reply.ts';
import type { TenantState } from '../state/tenant-state.ts';
import type { GraphVersion } from '../surface/graph-row.ts';
import { answerBatch } from './answer-batch.ts';
import { answerWire, idsOf } from './answer-wire.ts';
import { checkCaller } from './check-caller.ts';
import type { WireRequest } from './wire-request.ts';

/** Answers a request: what is due by now happens first. A connection that a fault cuts comes back as `Response.error()`. */
export async function answerRequest(tenant: TenantState, request: Request): Promise<Response> {
  const bodyText = await request.text();
  const url = new URL(request.url);
  const nowMs = tenant.settings.nowMs();
  tenant.schedule.settle(nowMs);
  const ids = idsOf(tenant, request.headers, nowMs);
  const match = /^\/(v1\.0|beta)(\/.*)$/.exec(url.pathname);
  if (!match) {
    tenant.violations.push({ atMs: nowMs, rule: 'unknown-path', method: request.method, url: url.pathname + url.search, reason: 'names no version of Graph' });
    return respond(refusalReply({ status: 400, code: 'BadRequest', message: 'Invalid version.' }, ids), ids);
  }
  const wire: WireRequest = { method: request.method, origin: url.origin, version: match[1] as GraphVersion, target: `${match[2] ?? ''}${url.search}`, headers: request.headers, bodyText, isBatchPart: false };
  if (match[2] !== '/$batch') return respond(answerAndRecord(tenant, wire, ids, nowMs), ids);
  const known = checkCaller(tenant, wire.headers, nowMs);
  const reply = known.kind === 'refused'
    ? refusalReply(known.refusal, ids)
    : answerBatch(tenant, wire, ids, (part) => answerAndRecord(tenant, part, idsOf(tenant, part.headers, nowMs), nowMs), nowMs);
  record(tenant, wire, reply, 'batch', nowMs);
  return respond(reply, ids);
}

function answerAndRecord(tenant: TenantState, wire: WireRequest, ids: RequestIds, nowMs: number): GraphReply {
  const { reply, operation } = answerWire(tenant, wire, ids, nowMs);
  record(tenant, wire, reply, operation, nowMs);
  return reply;
}

function record(tenant: TenantState, wire: WireRequest, reply: GraphReply, operation: string | undefined, nowMs: number): void {
  const { authorization: _, ...headers } = Object.fromEntries(wire.headers);
  tenant.requests.push({
    atMs: nowMs, method: wire.method, url: `/${wire.version}${wire.target}`, headers, bodyText: wire.bodyText, status: reply.status, isBatchPart: wire.isBatchPart,
    ...(operation === undefined ? {} : { operation }),
  });
}

function respond(reply: GraphReply, ids: RequestIds): Response {
  if (reply.isCut === true) return Response.error();
  const isBodiless = reply.text === undefined || reply.status === 204;
  return new Response(isBodiless ? null : reply.text, { status: reply.status, headers: { 'request-id': ids.requestId, 'client-request-id': ids.clientRequestId, ...reply.headers } });
}
