import { RecoveryError } from '../../errors/recovery-error.ts';
import { encodeUriName, nodeUri } from '../csp/loc-uri.ts';
import { passwordEncryptionCodes, type PasswordEncryptionCodebook } from '../csp/password-encryption-codes.table.ts';
import { recoveryCsp } from '../csp/recovery-csp.table.ts';
import { remoteRemediationCsp } from '../csp/remote-remediation-csp.table.ts';
import { SecretValue } from '../../contract/secret.ts';
import { judgeWinreNetwork } from '../wlan/judge-winre-network.ts';
import { wlanProfileName, wlanProfileXml } from '../wlan/wlan-profile.ts';
import type { CompileDoubt, DesiredNode, GovernedRoot, NotExpressed } from './desired-node.ts';
import type { WinreNetwork } from './recovery-settings.ts';
import { desiredNode } from './setting-nodes.ts';
import { credentialPaths, wifiPaths } from './setting-paths.table.ts';

interface CompiledNetworks {
  readonly nodes: readonly DesiredNode[];
  readonly notExpressed: readonly NotExpressed[];
  readonly doubts: readonly CompileDoubt[];
  readonly governs: readonly GovernedRoot[];
}

interface WritableNetwork {
  readonly index: number;
  readonly ssid: string;
  readonly isHidden: boolean;
  readonly key: SecretValue;
  /** The profile with the key in clear. */
  readonly profileXml: string;
}

/** Wi-Fi networks for the Recovery provider: one profile each. Pure. */
export function compileWifi(networks: readonly WinreNetwork[]): CompiledNetworks {
  const group = nodeUri(recoveryCsp, wifiPaths.group);
  const uriOf = (ssid: string): string | undefined => {
    const name = encodeUriName(ssid);
    return name === undefined ? undefined : `${group}/${name}`;
  };
  const { writable, notExpressed } = sortNetworks(networks);
  const nodes = writable.flatMap(({ ssid, profileXml }): DesiredNode[] => {
    const uri = uriOf(ssid);
    return uri === undefined ? [] : [{ uri: `${uri}/${wifiPaths.leaf}`, format: 'chr', isSecret: true, value: new SecretValue(profileXml) }];
  });
  const nameless = writable.filter(({ ssid }) => uriOf(ssid) === undefined).map(({ index }) => unsupported(index, 'profile.ssid', 'no node can have this name'));
  const desired = new Set(nodes.map(({ uri }) => uri));
  const wanted = networks.flatMap(({ profile }) => uriOf(profile.ssid) ?? []);
  return {
    nodes,
    notExpressed: [...notExpressed, ...nameless],
    doubts: nodes.map(({ uri }) => ({ uri, reason: 'the key is written in clear and encrypted by the device; it is never compared with what the device has' })),
    governs: [{ root: group, keep: wanted.filter((uri) => !desired.has(`${uri}/${wifiPaths.leaf}`)), isAtomic: false }],
  };
}

/** The one Wi-Fi network of RemoteRemediation: the first that can be written. Pure. */
export function compileCredentials(networks: readonly WinreNetwork[], isAutoRemediation: boolean, codebook: PasswordEncryptionCodebook | undefined): CompiledNetworks {
  const group = nodeUri(remoteRemediationCsp, credentialPaths.group);
  const nothing = { nodes: [], doubts: [], governs: [] };
  if (networks.length === 0) return { ...nothing, notExpressed: [], governs: [{ root: group, keep: [], isAtomic: true }] };
  if (!isAutoRemediation) {
    const reason = 'RemoteRemediation takes a network only together with remediation.autoRemediation = true in the same settings';
    return { ...nothing, notExpressed: networks.map((_, index): NotExpressed => ({ setting: `networks.${index}`, kind: 'unsupported', reason })) };
  }
  const sorted = sortNetworks(networks);
  const asText = sorted.writable.filter(({ ssid }) => wlanProfileName(ssid) === ssid);
  const notText = sorted.writable.filter((network) => !asText.includes(network)).map(({ index }) => unsupported(index, 'profile.ssid', 'NetworkSSID is text, and this name has characters that XML text does not keep'));
  const [first, ...others] = asText;
  const notExpressed = [...sorted.notExpressed, ...notText, ...others.map(({ index }) => unsupported(index, undefined, `RemoteRemediation has room for one network, which is networks.${first?.index}`))];
  if (first === undefined) return { ...nothing, notExpressed };
  const encryptionUri = nodeUri(remoteRemediationCsp, credentialPaths.encryptionType);
  const code = codebook === undefined ? [] : [desiredNode(remoteRemediationCsp, credentialPaths.encryptionType, passwordEncryptionCodes[codebook].codes.none)];
  const password = desiredNode(remoteRemediationCsp, credentialPaths.password, first.key.reveal());
  return {
    nodes: [desiredNode(remoteRemediationCsp, credentialPaths.ssid, first.ssid), password, ...code],
    notExpressed: first.isHidden ? [...notExpressed, unsupported(first.index, 'profile.hidden', 'RemoteRemediation has nothing for a network that does not send its name')] : notExpressed,
    doubts: [
      { uri: password.uri, reason: 'the password is written in clear; it is never compared with what the device has' },
      {
        uri: encryptionUri,
        reason:
          codebook === undefined
            ? 'not sent: two texts of Microsoft disagree on the number for “not encrypted”, so the device’s own default holds; name a codebook to send it'
            : `“not encrypted” is sent as ${codebook} numbers it; another text of Microsoft disagrees`,
      },
    ],
    governs: [{ root: group, keep: [], isAtomic: true }],
  };
}

function sortNetworks(networks: readonly WinreNetwork[]): { readonly writable: readonly WritableNetwork[]; readonly notExpressed: readonly NotExpressed[] } {
  const writable: WritableNetwork[] = [];
  const notExpressed: NotExpressed[] = [];
  for (const [index, network] of networks.entries()) {
    const twin = writable.find(({ ssid }) => ssid === network.profile.ssid);
    const verdict = twin === undefined ? writableNetwork(network, index) : unsupported(index, undefined, `networks.${twin.index} has the same SSID`);
    if ('profileXml' in verdict) writable.push(verdict);
    else notExpressed.push(verdict);
  }
  return { writable, notExpressed };
}

function writableNetwork({ profile, key }: WinreNetwork, index: number): WritableNetwork | NotExpressed {
  if (profile.kind !== 'wifi-wpa2-psk') return unsupported(index, 'profile.kind', judgeWinreNetwork(profile).reason);
  if (key === undefined) return { setting: `networks.${index}.key`, kind: 'missing-key', reason: `the secret “${profile.key.secret}” is not at hand` };
  try {
    return { index, ssid: profile.ssid, isHidden: profile.hidden, key, profileXml: wlanProfileXml(profile, key.reveal()) };
  } catch (error) {
    if (!RecoveryError.isInstance(error)) throw error;
    return { setting: `networks.${index}.key`, kind: 'out-of-range', reason: error.message };
  }
}

function unsupported(index: number, member: string | undefined, reason: string): NotExpressed {
  return { setting: `networks.${index}${member === undefined ? '' : `.${member}`}`, kind: 'unsupported', reason };
}
