import type { ManagedPc, MdmView } from './enrol-pc.ts';

const dialectNames = { recovery: 'Recovery (2026)', 'remote-remediation': 'RemoteRemediation (2025)', none: 'neither provider' } as const;

/** What a device was read to have, what it will not get, and what differs; each with the reason. */
export function describeDevice({ name }: Pick<ManagedPc, 'name'>, view: MdmView): readonly string[] {
  const { remediation, restore, networks } = view.actual;
  const policies = Object.entries({ remediation, restore }).filter(([, policy]) => Object.keys(policy).length > 0);
  return [
    `${name}, Windows ${view.osBuild}: ${dialectNames[view.dialect]}, ${view.lastSession.outcome}`,
    ...policies.map(([setting, policy]) => `  has            ${setting}: ${describeMembers(policy)}`),
    ...(networks.length > 0 ? [`  has            Wi-Fi in WinRE: ${networks.map(({ ssid }) => ssid).join(', ')}`] : []),
    ...view.notExpressed.map(({ setting, kind, reason }) => `  not expressed  ${setting} (${kind}): ${reason}`),
    ...view.drift.map(({ kind, uri, reason }) => `  ${kind.padEnd(13)}  ${uri}: ${reason}`),
  ];
}

function describeMembers(policy: object): string {
  return Object.entries(policy).map(([member, value]) => `${member} ${String(value)}`).join(', ');
}
