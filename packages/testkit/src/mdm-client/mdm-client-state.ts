import type { DeviceState } from './device/device-state.ts';
import type { MdmEnrolment } from './enrolment/enrol-device.ts';
import type { ClientAlert } from './syncml/client-command.ts';

/** Everything a simulated client remembers over a restart, as JSON. Holds the private key and whatever secrets the server sent. */
export interface MdmClientState {
  readonly device: DeviceState;
  readonly enrolment?: MdmEnrolment;
  /** Sent at the beginning of the next session. */
  readonly pendingAlerts: readonly ClientAlert[];
  readonly nextSessionNumber: number;
}
