export type DeviceAction = 'wipe' | 'retire' | 'rebootNow' | 'syncDevice' | 'cleanWindowsDevice' | 'rotateBitLockerKeys' | 'initiateOnDemandProactiveRemediation';

/** What an action is called in `deviceActionResults` and in the audit of remote actions: the enumeration remoteAction, where it has a name for it. */
export const actionNames: Readonly<Record<DeviceAction, string>> = {
  wipe: 'factoryReset',
  retire: 'removeCompanyData',
  rebootNow: 'rebootNow',
  syncDevice: 'syncDevice',
  cleanWindowsDevice: 'cleanWindowsDevice',
  rotateBitLockerKeys: 'rotateBitLockerKeys',
  initiateOnDemandProactiveRemediation: 'initiateOnDemandProactiveRemediation',
};
