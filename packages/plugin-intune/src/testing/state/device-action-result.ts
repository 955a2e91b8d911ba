/** How far an action is. `done` is the device's word; that Graph accepted it is `pending`. */
export type ActionState = 'none' | 'pending' | 'canceled' | 'active' | 'done' | 'failed' | 'notSupported';

/** What Graph tells of an action: no id, no progress, no reason. */
export type DeviceActionResult = {
  readonly actionName: string;
  readonly actionState: ActionState;
  readonly startDateTime: string;
  readonly lastUpdatedDateTime: string;
};
