import { noticeSchema, type PolicyVerb } from '@winre-kit/sdk';
import { z } from 'zod';
import type { SampleEmm } from '../sample-emm.ts';

/** Reads and replaces one kind of setting of a device. The EMM stores it; the agent follows it from its next contact on. */
export function devicePolicy<Policy>(emm: SampleEmm, name: 'restore' | 'remediation', schema: z.ZodType<Policy>): PolicyVerb<Policy> {
  const pathOf = (deviceId: string): string => `/devices/${encodeURIComponent(deviceId)}/policies/${name}`;
  const getReply = z.looseObject({ policy: schema.nullable() });
  const setReply = z.looseObject({ notices: z.array(noticeSchema) });
  return {
    doGet: (device, context) => emm.gate.call(context, async (call) => {
      const { policy } = await emm.client.read({ path: pathOf(device.id), reply: getReply, doing: `reading the ${name} policy of ${device.id}` }, call);
      return policy ?? undefined;
    }),
    doSet: (device, policy, context) => emm.gate.call(context, async (call) => {
      const body = { enrolmentEpoch: device.enrolmentEpoch, policy };
      return emm.client.send({ method: 'PUT', path: pathOf(device.id), body, reply: setReply, doing: `setting the ${name} policy of ${device.id}` }, call);
    }),
  };
}
