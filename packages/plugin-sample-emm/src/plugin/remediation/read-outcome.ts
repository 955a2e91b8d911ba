import { remediationOutcomeSchema, type CallContext, type RemediationOutcome } from '@winre-kit/sdk';
import { askDevice } from '../devices/ask-device.ts';
import type { SampleEmm } from '../sample-emm.ts';

/** What native Quick Machine Recovery did, by the device's own word. */
export function readRemediationOutcome(emm: SampleEmm, deviceId: string, call: CallContext): Promise<RemediationOutcome> {
  return askDevice(emm, deviceId, { kind: 'remediation-outcome', reply: remediationOutcomeSchema }, call);
}
