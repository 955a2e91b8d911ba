import { z } from 'zod';
import { refusalReply, refusals, type RequestIds } from '../protocol/graph-refusal.ts';
import { jsonReply, type GraphReply } from '../protocol/graph-reply.ts';
import type { TenantState } from '../state/tenant-state.ts';
import { meetFaultsAfter, meetFaultsBefore } from './meet-request-faults.ts';
import type { WireRequest } from './wire-request.ts';

/** Most requests of a batch. @see https://learn.microsoft.com/en-us/graph/json-batching */
const maxParts = 20;

const batchBody = z.strictObject({
  requests: z.array(z.strictObject({
    id: z.string().min(1),
    method: z.enum(['GET', 'POST', 'PATCH', 'DELETE']),
    url: z.string().startsWith('/'),
    headers: z.record(z.string(), z.string()).optional(),
    body: z.unknown().optional(),
    dependsOn: z.array(z.string()).max(1).optional(),
  })).min(1).max(maxParts),
});

/** What faults see of a batch as a whole; its parts are requests of their own. */
const asWhole = { operation: 'batch', params: {}, isBatchPart: false } as const;

interface PartReply {
  readonly id: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Answers a `$batch`: 200 as a whole, whatever its parts get, and the replies in any order. Refused as a whole only when it is malformed. */
export function answerBatch(tenant: TenantState, wire: WireRequest, ids: RequestIds, answerPart: (part: WireRequest) => GraphReply, nowMs: number): GraphReply {
  const stopped = meetFaultsBefore(tenant, { ...asWhole, workload: 'other', isWrite: false, appId: '' }, ids, nowMs);
  if (stopped) return stopped;
  const refuse = (reason: string): GraphReply => {
    tenant.violations.push({ atMs: nowMs, rule: 'batch', method: wire.method, url: `/${wire.version}${wire.target}`, reason });
    return refusalReply(refusals.badRequest(reason), ids);
  };
  const verdict = batchBody.safeParse(parse(wire.bodyText));
  if (!verdict.success) return refuse(`Invalid batch payload at '${verdict.error.issues[0]?.path.join('.') ?? ''}': ${verdict.error.issues[0]?.message ?? ''}`);
  const { requests } = verdict.data;
  if (new Set(requests.map(({ id }) => id)).size < requests.length) return refuse('Duplicate request id in the batch.');
  const replies: PartReply[] = [];
  for (const { id, method, url, headers, body, dependsOn = [] } of requests) {
    const earlier = dependsOn.map((wanted) => replies.find((reply) => reply.id === wanted));
    if (earlier.includes(undefined)) return refuse(`Request '${id}' depends on a request that does not come before it.`);
    if (earlier.some((reply) => reply !== undefined && reply.status >= 400)) {
      replies.push({ id, status: 424, headers: {}, body: { error: { code: 'FailedDependency', message: 'A request this one depends on failed.' } } });
      continue;
    }
    const partHeaders = new Headers(headers);
    partHeaders.set('authorization', wire.headers.get('authorization') ?? '');
    replies.push(partReplyOf(id, answerPart({ ...wire, method, target: url, headers: partHeaders, bodyText: body === undefined ? '' : JSON.stringify(body), isBatchPart: true })));
  }
  return meetFaultsAfter(tenant, asWhole) ?? jsonReply(200, { responses: shuffle(replies, tenant) });
}

/** A part cannot cut the connection of the whole: its service did not answer. */
function partReplyOf(id: string, reply: GraphReply): PartReply {
  if (reply.isCut === true) return { id, status: 504, headers: {}, body: { error: { code: 'GatewayTimeout', message: 'The service did not answer.' } } };
  return { id, status: reply.status, headers: reply.headers, ...(reply.text === undefined ? {} : { body: parse(reply.text) ?? reply.text }) };
}

function shuffle(replies: readonly PartReply[], { random }: TenantState): PartReply[] {
  return replies.map((reply) => ({ reply, place: random.next() })).toSorted((a, b) => a.place - b.place).map(({ reply }) => reply);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
