import { operationReportSchema, type CallContext, type OperationHandle, type ReconcileFinding } from '@winre-kit/sdk';
import { z } from 'zod';
import type { SampleEmm } from '../sample-emm.ts';
import { operationAddress } from './operation-address.ts';

const replySchema = z.discriminatedUnion('finding', [
  z.looseObject({ finding: z.literal('found'), report: operationReportSchema }),
  z.looseObject({ finding: z.literal('absent'), reason: z.string(), vendorRef: z.string().min(1).optional(), fence: z.int().positive() }),
  z.looseObject({ finding: z.literal('cannot-tell'), reason: z.string() }),
]);

/**
 * Asks what became of an operation whose answer was lost. The EMM writes an operation down before it answers; when it says `absent` it raises the
 * operation's fence, so that a request still on its way is refused and only a start after this call counts.
 */
export async function reconcileOperation(emm: SampleEmm, handle: OperationHandle, call: CallContext): Promise<ReconcileFinding> {
  const request = { ...operationAddress(handle, '/reconcile'), question: {}, reply: replySchema, doing: `reconciling operation ${handle.operationKey}` };
  const reply = await emm.client.read(request, call);
  if (reply.finding === 'found') return { finding: 'found', report: reply.report };
  const { finding, reason } = reply;
  if (finding === 'cannot-tell') return { finding, reason };
  await emm.fence.remember(handle.operationKey, reply.fence);
  return { finding, reason, vendorRef: reply.vendorRef };
}
