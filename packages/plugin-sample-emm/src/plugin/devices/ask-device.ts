import { RecoveryError, type CallContext } from '@winre-kit/sdk';
import type { z } from 'zod';
import type { SampleEmm } from '../sample-emm.ts';

/** A question that the EMM passes on to the device's agent; nothing changes by it. */
export interface DeviceQuestion<Reply extends z.ZodType> {
  readonly kind: string;
  readonly [argument: string]: unknown;
  readonly reply: Reply;
}

/** Asks the device through the EMM. @throws {RecoveryError} `device-unreachable` when its agent is not connected */
export function askDevice<Reply extends z.ZodType>(emm: SampleEmm, deviceId: string, { reply, ...query }: DeviceQuestion<Reply>, call: CallContext): Promise<z.output<Reply>> {
  return emm.client.read({ path: `/devices/${encodeURIComponent(deviceId)}/queries`, question: query, reply, doing: `asking device ${deviceId} for ${query.kind}` }, call);
}

/** What was seen, or why nothing was. */
export type Observation<Value> = { readonly seen: Value } | { readonly seen?: undefined; readonly reason: string };

const deviceSilent = new Set(['device-unreachable', 'session-lost', 'deadline-exceeded', 'unsupported', 'failed-precondition']);

/** Lets a plan go on without the answer of a device that cannot give one; its prechecks are then `unknown`. Any other failure is passed on. */
export async function observe<Value>(ask: Promise<Value>): Promise<Observation<Value>> {
  try {
    return { seen: await ask };
  } catch (error) {
    if (RecoveryError.isInstance(error) && deviceSilent.has(error.code)) return { reason: error.message };
    throw error;
  }
}
