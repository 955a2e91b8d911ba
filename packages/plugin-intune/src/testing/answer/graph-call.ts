import type { GraphAnswer } from '../protocol/graph-answer.ts';
import type { GraphQuery } from '../protocol/read-query.ts';
import type { Caller } from '../state/tenant-token.ts';
import type { TenantState } from '../state/tenant-state.ts';
import type { GraphRow } from '../surface/graph-row.ts';

/** A request that passed every check: what handlers see. */
export interface GraphCall {
  readonly row: GraphRow;
  readonly params: Readonly<Record<string, string>>;
  readonly query: GraphQuery;
  /** As the row's schema gave it; undefined where there is none. */
  readonly body: unknown;
  readonly caller: Caller;
  readonly nowMs: number;
}

/** Does what one operation asks for. */
export type GraphHandler = (tenant: TenantState, call: GraphCall) => GraphAnswer;

/** What a person or an application is called in audits. */
export function nameOf({ userPrincipalName, appId }: Caller): string {
  return userPrincipalName ?? appId;
}
