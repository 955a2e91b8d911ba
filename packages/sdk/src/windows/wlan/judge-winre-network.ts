import type { NetworkKind, NetworkProfile } from '../../schemas/network.ts';

/** Whether a network can be joined in WinRE, with the reason in a sentence for people. */
export interface WinreNetworkVerdict {
  readonly isAllowed: boolean;
  readonly reason: string;
}

const native: Readonly<Record<NetworkKind, WinreNetworkVerdict>> = {
  'ethernet-dhcp': { isAllowed: true, reason: 'WinRE joins wired networks by itself' },
  'ethernet-static': { isAllowed: true, reason: 'WinRE joins wired networks; the address is set there with netsh' },
  'wifi-wpa2-psk': { isAllowed: true, reason: 'WinRE joins WPA and WPA2 networks with a password' },
  'wifi-wpa3-sae': { isAllowed: false, reason: 'Microsoft’s texts name WPA and WPA2 for WinRE, not WPA3; if the access points also offer WPA2, use wifi-wpa2-psk' },
  'wifi-eap-tls': { isAllowed: false, reason: 'WinRE has no 802.1X on Wi-Fi; it was announced “in stages” and no text up to autumn 2026 has it' },
  'ethernet-eap-tls': { isAllowed: false, reason: 'WinRE has no 802.1X on wired networks; use a port or a virtual network without it for recovery' },
  proxy: { isAllowed: false, reason: 'no text says that WinRE uses a proxy; let recovery traffic out without one' },
};

/**
 * Says whether WinRE can join a network today. An agent that runs in WinRE may bring what WinRE lacks, so its word counts.
 *
 * @param agentKinds what the device's agent says it can join
 * @see https://learn.microsoft.com/windows/configuration/quick-machine-recovery
 */
export function judgeWinreNetwork(profile: Pick<NetworkProfile, 'kind'>, agentKinds: readonly NetworkKind[] = []): WinreNetworkVerdict {
  const verdict = native[profile.kind];
  return !verdict.isAllowed && agentKinds.includes(profile.kind) ? { isAllowed: true, reason: `the device’s agent says that it joins ${profile.kind}` } : verdict;
}
