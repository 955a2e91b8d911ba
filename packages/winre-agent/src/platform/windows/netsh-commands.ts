import { RecoveryError, type NetworkProfile } from '@winre-kit/sdk';
import { wlanProfileName } from '@winre-kit/sdk/windows';

/** One program call; arguments go to the program as they are, through no shell. */
export interface CommandLine {
  readonly fileName: string;
  readonly arguments: readonly string[];
}

/**
 * What joins a network, in order. Built and tested as text; not tried on Windows.
 *
 * @param wlanProfilePath file that holds the WLAN profile, for networks with a password: the key is in the file, never on a command line
 * @throws {RecoveryError} `unsupported` for kinds that WinRE does not have
 * @see https://learn.microsoft.com/windows-server/networking/technologies/netsh/netsh-contexts
 */
export function netshCommands(profile: NetworkProfile, wlanProfilePath: string): readonly CommandLine[] {
  switch (profile.kind) {
    case 'ethernet-dhcp':
      return [
        netsh('interface', 'ipv4', 'set', 'address', `name=${profile.interfaceName}`, 'source=dhcp'),
        netsh('interface', 'ipv4', 'set', 'dnsservers', `name=${profile.interfaceName}`, 'source=dhcp'),
      ];
    case 'ethernet-static': {
      const name = `name=${profile.interfaceName}`;
      const gateway = profile.gateway === undefined ? [] : [`gateway=${profile.gateway}`];
      return [
        netsh('interface', 'ipv4', 'set', 'address', name, 'source=static', `address=${profile.address}`, `mask=${subnetMask(profile.prefixLength)}`, ...gateway),
        ...profile.dnsServers.map((address, index) =>
          index === 0
            ? netsh('interface', 'ipv4', 'set', 'dnsservers', name, 'source=static', `address=${address}`, 'register=none', 'validate=no')
            : netsh('interface', 'ipv4', 'add', 'dnsservers', name, `address=${address}`, `index=${index + 1}`, 'validate=no'),
        ),
      ];
    }
    case 'wifi-wpa2-psk':
    case 'wifi-wpa3-sae':
      return [netsh('wlan', 'add', 'profile', `filename=${wlanProfilePath}`, 'user=all'), netsh('wlan', 'connect', `name=${wlanProfileName(profile.ssid)}`)];
    case 'wifi-eap-tls':
    case 'ethernet-eap-tls':
    case 'proxy':
      throw new RecoveryError('unsupported', `network kind ${profile.kind}: WinRE joins wired networks and Wi-Fi with a password only`);
  }
}

/** What forgets a Wi-Fi network again, before another one is joined in its place. */
export function forgetWifiCommand(ssid: string): CommandLine {
  return netsh('wlan', 'delete', 'profile', `name=${wlanProfileName(ssid)}`);
}

function netsh(...netshArguments: readonly string[]): CommandLine {
  return { fileName: 'netsh.exe', arguments: netshArguments };
}

function subnetMask(prefixLength: number): string {
  const bits = prefixLength === 0 ? 0 : (0xffff_ffff << (32 - prefixLength)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join('.');
}
