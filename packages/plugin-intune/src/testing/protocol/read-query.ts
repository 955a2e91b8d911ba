import type { GraphRow, GraphVersion } from '../surface/graph-row.ts';
import { entityFields } from '../surface/entity-fields.table.ts';
import { readFilter, type FilterTest } from './odata-filter.ts';

/** The query options of a request, checked against its row. */
export interface GraphQuery {
  readonly test?: FilterTest;
  readonly select?: readonly string[];
  readonly expand: readonly string[];
  readonly top?: number;
  /** Order of the last object that an earlier page showed. */
  readonly afterOrder: number;
  readonly isCounted: boolean;
}

export type QueryVerdict = { readonly kind: 'query'; readonly query: GraphQuery } | { readonly kind: 'refused'; readonly reason: string };

/** Reads the query options. Pure. Everything that the row does not allow is a refusal. */
export function readQuery(row: GraphRow, version: GraphVersion, parameters: URLSearchParams): QueryVerdict {
  const refused = (reason: string): QueryVerdict => ({ kind: 'refused', reason });
  for (const name of parameters.keys()) {
    if (row.options?.includes(name) !== true) return refused(`The query parameter '${name}' is not supported for this request.`);
    if (parameters.getAll(name).length > 1) return refused(`The query parameter '${name}' is given twice.`);
  }
  const select = listOf(parameters.get('$select'));
  const known = knownFields(row, version);
  const strange = known && select.find((field) => !known.includes(field));
  if (strange !== undefined) return refused(`Could not find a property named '${strange}' on type 'microsoft.graph.${row.entity}'.`);
  const expand = listOf(parameters.get('$expand'));
  const odd = expand.find((name) => row.expandable?.includes(name) !== true);
  if (odd !== undefined) return refused(`Could not find a navigation property named '${odd}'.`);
  const top = parameters.get('$top');
  if (top !== null && !/^[1-9]\d{0,3}$/.test(top)) return refused(`Invalid value '${top}' for $top query option.`);
  const count = parameters.get('$count');
  if (count !== null && count !== 'true' && count !== 'false') return refused(`Invalid value '${count}' for $count query option.`);
  const token = parameters.get('$skiptoken');
  const afterOrder = token === null ? 0 : readSkipToken(token);
  if (afterOrder === undefined) return refused('Skip token is invalid.');
  const filter = parameters.get('$filter');
  const verdict = filter === null ? undefined : readFilter(filter);
  if (verdict?.kind === 'unreadable') return refused(`Invalid filter clause: ${verdict.reason}`);
  const unfiltered = verdict?.fields.find((field) => row.filterBy?.includes(field) !== true || (version === 'v1.0' && known?.includes(field) === false));
  if (unfiltered !== undefined) return refused(`Filtering on '${unfiltered}' is not supported.`);
  return {
    kind: 'query',
    query: {
      expand, afterOrder, isCounted: count === 'true',
      ...(verdict ? { test: verdict.test } : {}),
      ...(select.length > 0 ? { select } : {}),
      ...(top === null ? {} : { top: Number(top) }),
    },
  };
}

/** The properties that a version has of the row's entity; undefined when the row does not say. */
export function knownFields(row: GraphRow, version: GraphVersion): readonly string[] | undefined {
  if (row.entity === undefined) return undefined;
  const { everywhere, betaOnly } = entityFields[row.entity];
  return version === 'beta' ? [...everywhere, ...betaOnly] : everywhere;
}

/** A token that continues after an object, whatever came or went meanwhile. */
export function writeSkipToken(afterOrder: number): string {
  return Buffer.from(`LastOrder=${afterOrder}`, 'utf8').toString('base64url');
}

function readSkipToken(token: string): number | undefined {
  const match = /^LastOrder=(\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8'));
  return match ? Number(match[1]) : undefined;
}

function listOf(text: string | null): string[] {
  return text === null || text === '' ? [] : text.split(',').map((part) => part.trim());
}
