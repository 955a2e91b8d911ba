import type { GraphRow, GraphVersion } from '../surface/graph-row.ts';
import type { GraphAnswer, Entity } from './graph-answer.ts';
import { jsonReply, type GraphReply } from './graph-reply.ts';
import { knownFields, writeSkipToken, type GraphQuery } from './read-query.ts';

/** What shapes a reply. */
export interface ReplyFrame {
  readonly row: GraphRow;
  readonly version: GraphVersion;
  readonly query: GraphQuery;
  /** The request's address: the link to the next page is made from it. */
  readonly url: URL;
  readonly maxPageSize: number;
  /** Fields that are left out by a fault. */
  readonly missingFields: readonly string[];
  /** The client asked for members of enumerations that came after the first version. */
  readonly wantsUnknownMembers: boolean;
}

/** Members of evolvable enumerations that only those see who ask for them. */
const lateMembers: Readonly<Record<string, readonly string[]>> = {
  snapshotType: ['retention'],
  policyType: ['deviceWipe', 'deviceRetire', 'deviceDelete'],
  requiredOperationApprovalPolicyTypes: ['deviceWipe', 'deviceRetire', 'deviceDelete'],
};

/** Makes the reply of an answer that is not a refusal. Pure. */
export function shapeReply(answer: Exclude<GraphAnswer, { kind: 'refused' }>, frame: ReplyFrame): GraphReply {
  const { row, version, url } = frame;
  const context = `${url.origin}/${version}/$metadata#${row.path.slice(1)}`;
  switch (answer.kind) {
    case 'nothing': return { status: row.status, headers: {} };
    case 'value': return jsonReply(row.status, { '@odata.context': context, ...answer.value });
    case 'entity': return jsonReply(row.status, { '@odata.context': `${context}/$entity`, ...project(answer.entity, frame) });
    case 'collection': return jsonReply(row.status, { '@odata.context': context, ...pageOf(answer.items, frame) });
  }
}

function pageOf(items: readonly { readonly order: number; readonly item: Entity }[], frame: ReplyFrame): Readonly<Record<string, unknown>> {
  const { query, url, maxPageSize } = frame;
  const { test } = query;
  const matching = test ? items.filter(({ item }) => test(item)) : items;
  const rest = matching.filter(({ order }) => order > query.afterOrder);
  const page = rest.slice(0, Math.min(query.top ?? maxPageSize, maxPageSize));
  const last = page.at(-1);
  const hasMore = last !== undefined && page.length < rest.length;
  const next = new URL(url);
  if (hasMore) next.searchParams.set('$skiptoken', writeSkipToken(last.order));
  return {
    ...(query.isCounted ? { '@odata.count': matching.length } : {}),
    ...(hasMore ? { '@odata.nextLink': next.href } : {}),
    value: page.map(({ item }) => project(item, frame)),
  };
}

function project(entity: Entity, { row, version, query, missingFields, wantsUnknownMembers }: ReplyFrame): Readonly<Record<string, unknown>> {
  const known = knownFields(row, version);
  const isShown = (field: string): boolean => {
    if (missingFields.includes(field)) return false;
    if (field.startsWith('@odata.') || query.expand.includes(field)) return true;
    if (known && !known.includes(field)) return false;
    return query.select === undefined || query.select.includes(field);
  };
  return Object.fromEntries(Object.entries(entity).flatMap(([field, value]) => {
    if (!isShown(field)) return [];
    const late = wantsUnknownMembers ? undefined : lateMembers[field];
    return [[field, late ? withoutMembers(value, late) : value]];
  }));
}

function withoutMembers(value: unknown, late: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((member: unknown) => withoutMembers(member, late));
  return late.some((member) => member === value) ? 'unknownFutureValue' : value;
}
