/** Groups of the Recovery provider that a build may lack although it shows the provider, and the setting that each holds. @see https://learn.microsoft.com/windows/client-management/mdm/recovery-csp */
export const recoveryGroups = {
  remediation: './Device/Vendor/MSFT/Recovery/QuickMachineRecovery',
  restore: './Device/Vendor/MSFT/Recovery/PointInTimeRestore',
  networks: './Device/Vendor/MSFT/Recovery/NetworkSettings/Wifi',
} as const;

/** Whether a group is one of these. */
export function isRecoveryGroup(root: string): boolean {
  return Object.values<string>(recoveryGroups).includes(root);
}
