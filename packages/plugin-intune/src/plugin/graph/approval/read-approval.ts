import type { CallContext } from '@winre-kit/sdk';
import { z } from 'zod';
import type { GraphClient } from '../graph-client.ts';
import { odataText } from '../graph-path.ts';
import { operationApprovalRequestSchema } from '../replies/operation-approval-request.ts';
import { approvalVerdict, type ApprovalVerdict } from './approval-verdict.ts';
import type { ParkedWrite } from './parked-write.ts';

const replySchema = z.object({ value: z.array(operationApprovalRequestSchema) });

/** Asks what became of the approval request of a parked change. Reading needs no approval. */
export async function readApproval(client: Pick<GraphClient, 'read'>, { approvalCode }: Pick<ParkedWrite, 'approvalCode'>, call: CallContext): Promise<ApprovalVerdict> {
  const { value } = await client.read({
    version: 'beta',
    path: '/deviceManagement/operationApprovalRequests',
    query: { $filter: `requestId eq ${odataText(approvalCode)}` },
    doing: 'asking whether the change was approved',
    scopes: ['DeviceManagementRBAC.Read.All', 'DeviceManagementConfiguration.Read.All'],
    reply: replySchema,
  }, call);
  return approvalVerdict(value.length === 1 ? value[0] : undefined);
}
