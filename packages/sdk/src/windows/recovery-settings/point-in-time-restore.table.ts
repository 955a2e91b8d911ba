import { factFrom, type FactSource } from '../csp/fact-sources.table.ts';
import type { WindowsEdition } from '../csp/windows-editions.table.ts';

const runbook = factFrom('EZ-PITR', 'S');

/**
 * Times and sizes of point-in-time restore, in the units of its nodes. What rests on less than a row's source is in its `doubts`.
 * @see https://learn.microsoft.com/en-us/windows/configuration/point-in-time-restore
 */
export const restoreLimits = {
  /** What the Settings app offers; the node takes any positive number. */
  cadenceMinutes: { choices: [240, 360, 720, 960, 1_440], default: 1_440, source: runbook, doubts: [] },
  /** 4,320 is also the ceiling of the product. */
  retentionMinutes: {
    choices: [240, 360, 720, 960, 1_440, 4_320],
    default: 4_320,
    max: 4_320,
    source: runbook,
    doubts: [factFrom('EZ-PITR', 'S', 'the node takes any positive number; that the device holds to the ceiling is the product’s text')],
  },
  /** Of all shadow copies on the volume; not allocated beforehand. By default 2 % of the disk. */
  diskMegabytes: { min: 2_048, max: 51_200, defaultPercentOfDisk: 2, source: runbook, doubts: [factFrom('PITR-DOC', 'I', 'a megabyte is 1,048,576 bytes: the limits are 2 GB and 50 GB')] },
  /** With this much free space or less, looked at when a restore point is due, the oldest are removed. */
  evictionFreeGigabytes: { value: 20, source: runbook, doubts: [factFrom('EZ-PITR', 'I', 'no text says whether a GB is the decimal or the binary one')] },
} as const;

/**
 * Why restore points go away, the oldest first where not said otherwise.
 * @see https://learn.microsoft.com/en-us/windows/configuration/point-in-time-restore
 */
export const restoreEvictions: readonly { readonly when: string; readonly source: FactSource }[] = [
  { when: 'older than the retention', source: runbook },
  { when: 'all shadow copies of the volume together exceed the limit, whoever took them', source: runbook },
  { when: '20 GB or less are free when a restore point is due', source: runbook },
  { when: 'Windows reports low space', source: runbook },
  { when: 'earlier data cannot be kept, because the disk is full or the shadow storage cannot grow: all of them go at once', source: runbook },
];

/** Whether an organisation looks after a device. Unmanaged is Home, and Pro that is neither joined to a domain nor enrolled. */
export type ManagementState = 'managed' | 'unmanaged';

/** A default, when Microsoft's texts give one. */
export interface RestoreDefault {
  readonly isOn: boolean | 'unknown';
  readonly reason: string;
  readonly source: FactSource;
}

/** From 200 GB on, unmanaged devices take restore points by default (EZ-PITR, S); no text says whether a GB is the decimal or the binary one. */
const defaultVolume = { decimalBytes: 200_000_000_000, binaryBytes: 214_748_364_800 } as const;
/** The build line of 26H2, as its announcement for testers numbers it (S). */
const line26H2 = 26_300;

/**
 * Whether a device takes restore points when nobody set it. The answer changes with management state and release; set the switch explicitly.
 * @see https://learn.microsoft.com/en-us/windows/configuration/point-in-time-restore
 */
export function restoreDefaultOf(device: { readonly edition: WindowsEdition; readonly managementState: ManagementState; readonly osVolumeBytes: number; readonly build: number }): RestoreDefault {
  const { edition, managementState, osVolumeBytes, build } = device;
  if (edition === 'other') return { isOn: 'unknown', reason: 'no text speaks of this edition', source: factFrom('PITR-GA', 'P') };
  if (managementState === 'managed' || edition === 'enterprise' || edition === 'education' || edition === 'iot-enterprise') {
    if (build >= line26H2) return { isOn: 'unknown', reason: 'managed devices were off until 26H2; whether 26H2 turns it on is not confirmed', source: factFrom('EZ-PITR', 'I', 'release notes of 26H2 were not read') };
    return { isOn: false, reason: 'managed devices are off until 26H2', source: factFrom('EZ-PITR', 'S') };
  }
  if (osVolumeBytes >= defaultVolume.decimalBytes && osVolumeBytes < defaultVolume.binaryBytes) {
    return { isOn: 'unknown', reason: 'the limit is 200 GB, and the volume lies between the decimal and the binary one', source: factFrom('EZ-PITR', 'I', 'the unit is not defined') };
  }
  const isLarge = osVolumeBytes >= defaultVolume.binaryBytes;
  return { isOn: isLarge, reason: `unmanaged, and the volume of Windows has ${isLarge ? 'at least' : 'less than'} 200 GB`, source: runbook };
}

/**
 * What is settable on an edition; two texts disagree on cadence and retention.
 * @see https://techcommunity.microsoft.com/blog/windows-itpro-blog/point-in-time-restore-for-windows-11-is-now-generally-available/4508101
 * @see https://learn.microsoft.com/en-us/windows/configuration/point-in-time-restore
 */
export const restoreEditions: Readonly<Record<'switchAndSize' | 'cadenceAndRetention', { readonly editions: readonly WindowsEdition[]; readonly source: FactSource }>> = {
  switchAndSize: { editions: ['home', 'pro', 'enterprise'], source: factFrom('PITR-GA', 'P') },
  cadenceAndRetention: { editions: ['enterprise'], source: factFrom('PITR-DOC', 'S', 'the Recovery provider lists Pro, Enterprise, Education and IoT Enterprise for the same settings') },
};

/**
 * What a restore needs before it can be started in WinRE.
 * @see https://learn.microsoft.com/en-us/windows/configuration/point-in-time-restore
 */
export const restorePrerequisites: readonly { readonly needs: string; readonly source: FactSource }[] = [
  { needs: 'WinRE is enabled', source: runbook },
  { needs: 'the BitLocker recovery password is at hand', source: runbook },
  { needs: 'as much free space as all restore points together take', source: runbook },
  { needs: 'mains power', source: runbook },
  { needs: 'no file encrypted with EFS was changed since', source: runbook },
  { needs: 'the edition is the one the restore point was taken with', source: runbook },
  { needs: 'a person at the device: nothing starts it from afar', source: factFrom('MC1402092', 'S') },
];

/** One thing to do after a restore: passwords, certificates, keys and policies have gone back in time with the volume. */
export interface PostRestoreStep {
  readonly id: 'machine-password' | 'laps' | 'bitlocker-escrow' | 'tokens' | 'mdm-sync' | 'updates' | 'security-agents' | 'outlook' | 'recall' | 'auto-unlock' | 'onedrive';
  readonly why: string;
  readonly action: string;
  /** Who it applies to. */
  readonly when: string;
  readonly source: FactSource;
}

const inferred = (note: string): FactSource => factFrom('EZ-PITR', 'I', note);
const reverted = inferred('follows from Microsoft’s statement that passwords, certificates and keys go back; no text names this case');

/**
 * Steps after a restore, in this order: trust first, then policy and patches, then what users notice.
 * @see https://learn.microsoft.com/en-us/windows/configuration/point-in-time-restore
 */
export const postRestoreChecklist: readonly PostRestoreStep[] = [
  { id: 'machine-password', why: 'the domain knows a newer computer password when it changed in between', action: 'Test-ComputerSecureChannel, and with -Repair where it fails', when: 'joined to a domain', source: reverted },
  { id: 'laps', why: 'the directory holds a newer password than the local account', action: 'Reset-LapsPassword', when: 'Windows LAPS manages the local administrator', source: reverted },
  { id: 'bitlocker-escrow', why: 'a recovery password that was rotated is back; the escrowed one does not open the volume', action: 'escrow the protector that is on the disk now, then rotate it', when: 'BitLocker is on', source: reverted },
  { id: 'tokens', why: 'sign-in tokens and cached passwords are old', action: 'check dsregcmd /status, and sign in once with a connection', when: 'joined to Entra or with a work account', source: reverted },
  { id: 'mdm-sync', why: 'policies went back with the volume', action: 'start a session with the management server and compare', when: 'enrolled', source: factFrom('EZ-PITR', 'S') },
  { id: 'updates', why: 'security updates may be gone', action: 'scan for updates and install them', when: 'always', source: factFrom('EZ-PITR', 'S') },
  { id: 'security-agents', why: 'signatures and agents are those of the restore point', action: 'update signatures, and check that agents report', when: 'always', source: factFrom('EZ-PITR', 'S') },
  { id: 'outlook', why: 'Outlook may call its data file outdated', action: 'rename the .ost file and let it be built anew', when: 'Outlook with a cached mailbox', source: factFrom('PITR-DOC', 'S', 'known issue of June 2026') },
  { id: 'recall', why: 'Recall is off after a restore', action: 'let the user turn it on again', when: 'Recall was in use', source: factFrom('PITR-DOC', 'S', 'known issue of June 2026') },
  { id: 'auto-unlock', why: 'data volumes stay locked when the restore point is older than their encryption', action: 'unlock them with their recovery password', when: 'encrypted data volumes', source: factFrom('PITR-DOC', 'S', 'known issue of June 2026') },
  { id: 'onedrive', why: 'local files are older than those in the cloud', action: 'resolve what OneDrive shows as conflicts', when: 'OneDrive syncs folders', source: factFrom('PITR-DOC', 'S', 'known issue of June 2026') },
];
