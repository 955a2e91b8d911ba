import { operationReportSchema, type CallContext, type OperationReport } from '@winre-kit/sdk';
import { listPages } from '../list-pages.ts';
import type { SampleEmm } from '../sample-emm.ts';

export function listOperations(emm: SampleEmm, request: { readonly deviceId?: string }, call: CallContext): AsyncIterable<OperationReport> {
  return listPages(emm, { path: '/operations', query: { ...request }, item: operationReportSchema, doing: 'listing operations', idOf: ({ vendorRef }) => vendorRef }, call);
}
