import type { CallContext } from '@winre-kit/sdk';
import { z } from 'zod';
import type { SampleEmm } from '../sample-emm.ts';
import { askDevice, observe, type Observation } from './ask-device.ts';
import { deviceFactsSchema, type DeviceFacts } from './device-facts.ts';

const replySchema = z.looseObject({ facts: deviceFactsSchema });

/** What the device says about itself now, or why it says nothing. */
export async function askFacts(emm: SampleEmm, deviceId: string, call: CallContext): Promise<Observation<DeviceFacts>> {
  const answer = await observe(askDevice(emm, deviceId, { kind: 'volume-status', reply: replySchema }, call));
  return answer.seen ? { seen: answer.seen.facts } : answer;
}
