import { RecoveryError } from '../../errors/recovery-error.ts';
import type { RemediationPolicy } from '../../schemas/remediation.ts';
import { element } from '../xml/xml-element.ts';
import { writeXml } from '../xml/write-xml.ts';

/** The Wi-Fi network of a settings file. There is room for one. */
export interface ReagentcWifi {
  readonly ssid: string;
  /** 8 to 63 printable ASCII characters. Stands in the file in clear. */
  readonly password: string;
}

/**
 * Writes the file that `reagentc /setrecoverysettings /path FILE` takes.
 *
 * With `wifi` the text is a secret: write it where only administrators read, and delete it once it is applied.
 * Retry and reboot times are written only while automatic remediation is on.
 *
 * @throws {RecoveryError} `invalid-argument` for a password that WPA2 does not allow or an SSID that an attribute does not keep; the password is never quoted
 * @see https://learn.microsoft.com/windows/configuration/quick-machine-recovery
 */
export function recoverySettingsXml(policy: RemediationPolicy, wifi?: ReagentcWifi): string {
  const times = policy.autoRemediation ? { totalwaittime: String(policy.timeToRebootMinutes), waitinterval: String(policy.retryIntervalMinutes) } : undefined;
  return writeXml(element(
    'WindowsRE', {},
    wifi && element('WifiCredential', {}, element('Wifi', checkedWifi(wifi))),
    element('CloudRemediation', { state: policy.cloudRemediation ? '1' : '0' }),
    element('AutoRemediation', { state: policy.autoRemediation ? '1' : '0', ...times }),
  ));
}

function checkedWifi({ ssid, password }: ReagentcWifi): { readonly ssid: string; readonly password: string } {
  if (ssid === '' || !ssid.isWellFormed() || /\p{Cc}/u.test(ssid) || new TextEncoder().encode(ssid).length > 32) {
    throw new RecoveryError('invalid-argument', 'SSID of a settings file: expected 1 to 32 bytes of text without control characters', { fieldPath: 'wifi.ssid' });
  }
  if (!/^[\x20-\x7e]{8,63}$/.test(password)) throw new RecoveryError('invalid-argument', `Wi-Fi password of ${ssid}: expected 8 to 63 printable ASCII characters`, { fieldPath: 'wifi.password' });
  return { ssid, password };
}
