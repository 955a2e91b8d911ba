import { RecoveryError, type CallContext, type Device, type DeviceBinding } from '@winre-kit/sdk';
import type { SampleEmm } from '../sample-emm.ts';
import { getDevice } from './get-device.ts';

/** The device a plan is for. @throws {RecoveryError} `not-found`, or `enrolment-changed` when it was enrolled anew since */
export async function requireEnrolment(emm: SampleEmm, binding: DeviceBinding, call: CallContext): Promise<Device> {
  const device = await getDevice(emm, binding.id, call);
  if (device.enrolmentEpoch === binding.enrolmentEpoch) return device;
  throw new RecoveryError('enrolment-changed', `device ${binding.id} is in enrolment ${device.enrolmentEpoch} now, not in ${binding.enrolmentEpoch}: plan for the device as it is enrolled now`);
}
