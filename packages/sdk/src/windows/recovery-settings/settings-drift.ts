import type { CompiledSettings, DesiredNode } from './desired-node.ts';
import { parseWlanProfile, type ParsedWlanProfile } from '../wlan/parse-wlan-profile.ts';
import { presenceOf } from './node-presence.ts';
import type { ReadSettings } from './read-settings.ts';
import { nodeUri } from '../csp/loc-uri.ts';
import { remoteRemediationCsp } from '../csp/remote-remediation-csp.table.ts';
import { credentialPaths, wifiPaths } from './setting-paths.table.ts';

/** One difference between what a device should have and what it has. */
export interface Drift {
  readonly uri: string;
  /** `missing`: not there. `different`: another value. `extra`: a network that is not wanted; delete the node. `unreadable`: cannot be told. */
  readonly kind: 'missing' | 'different' | 'extra' | 'unreadable';
  /** `«secret»` for keys and profiles; absent for `extra`. */
  readonly desired?: string;
  /** As the device gave it; absent where it gave none or it may be secret. */
  readonly actual?: string;
  readonly reason: string;
  /** True for an `extra` whose Delete has to be in an Atomic. */
  readonly isAtomic?: boolean;
}

/**
 * Compares what was compiled for a device with what it has. Pure; in the order of `desired.groups`, extra networks last, and after them lists of networks that are to be
 * kept in order and could not be read: a device whose list nobody saw may have any network.
 *
 * Keys and passwords are not compared: a device gives them back encrypted, or not at all. Of a WLAN profile everything else is. Nodes of a group that may be absent are reported as any other.
 * Where texts disagree about a node, its reason says so as well: the disagreement may be why it differs.
 *
 * Our own rule: no page defines drift. That a key is not given back in clear is Windows'.
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/wifi-csp
 */
export function settingsDrift(desired: CompiledSettings, actual: ReadSettings): readonly Drift[] {
  const wanted = desired.groups.flatMap(({ nodes }) => nodes).flatMap((node) => {
    const drift = driftOf(node, actual);
    return drift === undefined ? [] : withDoubts(drift, node, desired);
  });
  return [...wanted, ...extraNetworks(desired, actual), ...unreadLists(desired, actual).filter(({ uri }) => !wanted.some((drift) => drift.uri === uri))];
}

/** What is doubtful about a key is that it is never compared, which explains no difference. */
function withDoubts(drift: Drift, { isSecret }: DesiredNode, { doubts }: CompiledSettings): Drift {
  const reasons = isSecret ? [] : doubts.filter(({ uri }) => uri === drift.uri).map(({ reason }) => reason);
  return { ...drift, reason: [drift.reason, ...reasons].join('; ') };
}

function driftOf(node: DesiredNode, actual: ReadSettings): Drift | undefined {
  const { uri } = node;
  const desired = String(node.value);
  const read = actual.nodes.find((item) => item.uri === uri);
  const presence = presenceOf(uri, actual.nodes);
  if (presence === 'absent') return { uri, kind: 'missing', desired, reason: 'the device does not have the node' };
  if (presence === 'unknown') return { uri, kind: 'unreadable', desired, reason: read === undefined ? 'it was not read' : `the device answered ${read.status} to Get` };
  if (node.isSecret) return node.uri.endsWith(`/${wifiPaths.leaf}`) ? profileDrift(uri, parseWlanProfile(node.value.reveal()), actual) : undefined;
  const value = read?.value;
  if (value === undefined) return { uri, kind: 'unreadable', desired, reason: 'the device has the node, but its value was not read' };
  if (sameValue(node, value)) return undefined;
  const fault = actual.unknown.find((item) => item.uri === uri)?.reason;
  return { uri, kind: 'different', desired, actual: value, reason: fault ?? 'the device has another value' };
}

/** Compares what two profiles say. The key of the device's is encrypted; that it has one is all that can be told. */
function profileDrift(uri: string, wanted: ParsedWlanProfile, actual: ReadSettings): Drift | undefined {
  const desired = '«secret»';
  const profile = actual.nodes.find((node) => node.uri === uri)?.profile;
  if (profile === undefined) return { uri, kind: 'unreadable', desired, reason: actual.unknown.find((item) => item.uri === uri)?.reason ?? 'the profile was not read' };
  const differences = [
    ssidsOf(profile) === ssidsOf(wanted) ? [] : 'SSID',
    profile.isHidden === wanted.isHidden ? [] : 'whether the network sends its name',
    profile.authentication === wanted.authentication && profile.usesOneX === wanted.usesOneX ? [] : 'authentication',
    profile.encryption === wanted.encryption ? [] : 'encryption',
    profile.key === 'none' ? 'a missing key' : [],
  ].flat();
  return differences.length === 0 ? undefined : { uri, kind: 'different', desired, reason: `the profile differs in ${differences.join(', ')}` };
}

function ssidsOf({ ssids }: ParsedWlanProfile): string {
  return ssids.map(({ hex }) => hex).join();
}

function sameValue({ format, value }: DesiredNode, actual: string): boolean {
  const text = actual.trim().toLowerCase();
  if (format === 'bool') return String(value) === (text === '1' ? 'true' : text === '0' ? 'false' : text);
  return format === 'int' ? Number(value) === Number(text) && text !== '' : value === actual;
}

function extraNetworks({ groups, governs }: CompiledSettings, actual: ReadSettings): readonly Drift[] {
  const desired = groups.flatMap(({ nodes }) => nodes.map(({ uri }) => uri));
  return governs.flatMap(({ root, keep, isAtomic }) =>
    actual.networks
      .filter(({ uri }) => (uri === root || uri.startsWith(`${root}/`)) && !keep.includes(uri) && !desired.some((wanted) => wanted.startsWith(`${uri}/`)))
      .map(({ uri, ssid }): Drift => ({ uri, kind: 'extra', actual: ssid, reason: 'the settings do not name this network', ...(isAtomic && { isAtomic }) })),
  );
}

function unreadLists({ governs }: CompiledSettings, actual: ReadSettings): readonly Drift[] {
  return governs.flatMap(({ root }): Drift[] => {
    const uri = root === credentialsRoot ? ssidUri : root;
    const read = actual.nodes.find((node) => node.uri === uri);
    if (presenceOf(uri, actual.nodes) === 'absent' || (read?.status === 200 && read.value !== undefined)) return [];
    const said = read === undefined ? 'it was not read' : read.status === 200 ? 'the device gave no value' : `the device answered ${read.status} to Get`;
    return [{ uri, kind: 'unreadable', reason: `which networks the device has cannot be told: ${said}` }];
  });
}

/** There the one network's name is all the list there is. */
const credentialsRoot = nodeUri(remoteRemediationCsp, credentialPaths.group);
const ssidUri = nodeUri(remoteRemediationCsp, credentialPaths.ssid);
