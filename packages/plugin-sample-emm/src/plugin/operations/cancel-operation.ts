import type { CallContext, OperationHandle } from '@winre-kit/sdk';
import { z } from 'zod';
import type { SampleEmm } from '../sample-emm.ts';
import { operationAddress } from './operation-address.ts';

const replySchema = z.looseObject({ outcome: z.enum(['accepted', 'too-late', 'not-supported']) });

/** Takes an operation back as long as no device has been given it. */
export async function cancelOperation(emm: SampleEmm, handle: OperationHandle, call: CallContext): Promise<'accepted' | 'too-late' | 'not-supported'> {
  const request = { method: 'POST', ...operationAddress(handle, '/cancel'), body: {}, reply: replySchema, doing: `cancelling operation ${handle.operationKey}` } as const;
  return (await emm.client.send(request, call)).outcome;
}
