import type { DeviceAction } from './action-names.table.ts';

/** What was asked of a device. */
export interface ActionOrder {
  readonly action: DeviceAction;
  /** The enrolment survives: the device keeps its id. */
  readonly keepsEnrolment?: boolean;
  /** The script package to run. */
  readonly scriptId?: string;
}

/** An order that a device has not ended yet. */
export interface OrderedAction extends ActionOrder {
  readonly actionName: string;
  readonly auditId: string;
  readonly startDateTime: string;
  /** Set while an order waits for an offline device. */
  isWaiting: boolean;
}
