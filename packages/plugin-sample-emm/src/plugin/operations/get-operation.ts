import { operationReportSchema, type CallContext, type OperationHandle, type OperationReport } from '@winre-kit/sdk';
import type { SampleEmm } from '../sample-emm.ts';
import { operationAddress } from './operation-address.ts';

export function getOperation(emm: SampleEmm, handle: OperationHandle, call: CallContext): Promise<OperationReport> {
  return emm.client.read({ ...operationAddress(handle), reply: operationReportSchema, doing: `reading operation ${handle.operationKey}` }, call);
}
