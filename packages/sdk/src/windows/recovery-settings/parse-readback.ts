import { RecoveryError } from '../../errors/recovery-error.ts';
import type { RemediationPolicy } from '../../schemas/remediation.ts';
import type { RestorePolicy } from '../../schemas/restore.ts';
import type { CspDialect } from '../csp/csp-dialect.ts';
import type { CspNode, CspTable } from '../csp/csp-node.ts';
import { canonicalUri, decodeUriName, encodeUriName, nodeUri } from '../csp/loc-uri.ts';
import { parseWlanProfile, type ParsedWlanProfile } from '../wlan/parse-wlan-profile.ts';
import { childNames } from './node-presence.ts';
import type { ReadNetwork, ReadNode, ReadResult, ReadSettings, UnknownValue } from './read-settings.ts';
import { bytesPerMegabyte, cadenceHoursOf, retentionHoursOf } from './restore-units.ts';
import { rangeFault } from './setting-nodes.ts';
import { credentialPaths, dialectTables, remediationPaths, restorePaths, wifiPaths } from './setting-paths.table.ts';

/** Networks of one device that are looked at. WinRE needs a few; a list without end is a fault, or an attack on whoever reads each of them. */
const maxReadNetworks = 64;

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/**
 * Turns the answers to {@link nodesToRead} into settings. Pure; never throws for what a device sent.
 *
 * Of several results for one address the last counts. What is out of range or of an unknown form is in `unknown` with the raw text; keys and passwords are dropped.
 * Of more than 64 Wi-Fi networks the first 64 are in `networks` and `stillToRead`, and `unknown` says how many there are (our own bound; no page has one).
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/recovery-csp
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/remoteremediation-ddf-file
 */
export function parseReadback(results: readonly ReadResult[], dialect: CspDialect): ReadSettings {
  const table = dialectTables[dialect];
  const latest = new Map(results.map((result) => [canonicalUri(result.uri), result]));
  const unknown: UnknownValue[] = [];
  const nodes = [...latest].map(([uri, result]) => readNode(rowOf(dialect, uri), uri, result));
  const values = new Map<string, boolean | number | string>();
  for (const node of nodes) {
    if (node.status !== 200) continue;
    const verdict = judgeValue(rowOf(dialect, node.uri), node);
    if ('fault' in verdict) unknown.push({ uri: node.uri, ...(node.value === undefined ? {} : { raw: node.value }), reason: verdict.fault });
    else if (verdict.value !== undefined) values.set(node.uri, verdict.value);
  }
  const at = (path: string): boolean | number | string | undefined => values.get(nodeUri(table, path));
  const remediation = readRemediation(dialect, at);
  const restore = readRestore(at, (path, reason) => {
    const uri = nodeUri(table, path);
    unknown.push({ uri, raw: String(at(path)), reason });
  });
  const names = dialect === 'recovery' ? wifiNames(table, nodes) : [];
  if (names.length > maxReadNetworks) unknown.push({ uri: nodeUri(table, wifiPaths.group), reason: `the device names ${names.length} networks; the first ${maxReadNetworks} are looked at` });
  const networks = dialect === 'recovery' ? readWifi(table, nodes, names.slice(0, maxReadNetworks)) : readCredential(table, at);
  const leaves = dialect === 'recovery' ? networks.map(({ uri }) => `${uri}/${wifiPaths.leaf}`) : [];
  return { dialect, remediation, restore: dialect === 'recovery' ? restore : {}, networks, unknown, stillToRead: leaves.filter((uri) => !latest.has(uri)), nodes };
}

/** The row of the table that an address belongs to; a dynamic segment matches any name. */
function rowOf(dialect: CspDialect, uri: string): CspNode | undefined {
  const segments = uri.split('/');
  return addressedRows[dialect].find(({ pattern }) => pattern.length === segments.length && pattern.every((segment, index) => segment === segments[index] || segment === anyName))?.row;
}

const anyName = encodeUriName('{SSID}');
/** Put into addresses once: every answer of every device is looked up in them. */
const addressedRows: Readonly<Record<CspDialect, readonly { readonly row: CspNode; readonly pattern: readonly string[] }[]>> = {
  recovery: addressRows(dialectTables.recovery),
  'remote-remediation': addressRows(dialectTables['remote-remediation']),
};

function addressRows(table: CspTable): readonly { readonly row: CspNode; readonly pattern: readonly string[] }[] {
  return table.nodes.map((row) => ({ row, pattern: nodeUri(table, row.path).split('/') }));
}

/** Keeps what is no secret: of a WLAN profile what it says without its key, of a password nothing. */
function readNode(row: CspNode | undefined, uri: string, { status, value, profile }: ReadResult): ReadNode {
  if (status !== 200) return { uri, status };
  if (row?.isSecret !== true) return { uri, status, ...(value === undefined ? {} : { value }) };
  const parsed = isWlanProfile(row) ? (profile ?? readProfile(value)) : undefined;
  return { uri, status, ...(parsed === undefined ? {} : { profile: parsed }) };
}

function isWlanProfile({ path }: CspNode): boolean {
  return path.endsWith(`/${wifiPaths.leaf}`);
}

function readProfile(xml: string | undefined): ParsedWlanProfile | undefined {
  try {
    return xml === undefined ? undefined : parseWlanProfile(xml);
  } catch (error) {
    if (RecoveryError.isInstance(error)) return undefined;
    throw error;
  }
}

function judgeValue(row: CspNode | undefined, { value: raw, profile }: ReadNode): { readonly value: boolean | number | string | undefined } | { readonly fault: string } {
  if (row === undefined) return { fault: 'the table of this dialect has no such node' };
  if (isWlanProfile(row) && profile === undefined) return { fault: 'the device sent no WLAN profile that can be read' };
  if (row.format === 'node' || row.isSecret === true) return { value: undefined };
  if (raw === undefined) return { fault: 'the device sent no value' };
  const text = raw.trim();
  if (row.format === 'bool') {
    if (/^(true|1)$/i.test(text)) return { value: true };
    return /^(false|0)$/i.test(text) ? { value: false } : { fault: 'expected true or false' };
  }
  if (row.format !== 'int') return { value: raw };
  if (!/^-?\d{1,15}$/.test(text)) return { fault: 'expected a whole number' };
  const fault = rangeFault(row, Number(text));
  return fault === undefined ? { value: Number(text) } : { fault };
}

function readRemediation(dialect: CspDialect, at: (path: string) => boolean | number | string | undefined): Partial<RemediationPolicy> {
  const paths = remediationPaths[dialect];
  const read: Partial<Writable<RemediationPolicy>> = {};
  const [cloud, auto, timeToReboot, retryInterval] = [at(paths.cloud), at(paths.auto), at(paths.timeToReboot), at(paths.retryInterval)];
  if (typeof cloud === 'boolean') read.cloudRemediation = cloud;
  // Off with the master switch, whatever is stored.
  if (cloud === false) read.autoRemediation = false;
  else if (typeof auto === 'boolean') read.autoRemediation = auto;
  if (typeof timeToReboot === 'number') read.timeToRebootMinutes = timeToReboot;
  if (typeof retryInterval === 'number') read.retryIntervalMinutes = retryInterval;
  return read;
}

function readRestore(at: (path: string) => boolean | number | string | undefined, refuse: (path: string, reason: string) => void): Partial<RestorePolicy> {
  const read: Partial<Writable<RestorePolicy>> = {};
  const [enabled, maxDisk, frequency, retention] = [at(restorePaths.enabled), at(restorePaths.maxDisk), at(restorePaths.frequency), at(restorePaths.retention)];
  if (typeof enabled === 'boolean') read.enabled = enabled;
  if (typeof maxDisk === 'number') read.maxDiskBytes = maxDisk * bytesPerMegabyte;
  if (typeof frequency === 'number') {
    const hours = cadenceHoursOf(frequency);
    if (hours === undefined) refuse(restorePaths.frequency, 'the node takes it, but a policy has no such cadence');
    else read.cadenceHours = hours;
  }
  if (typeof retention === 'number') {
    const hours = retentionHoursOf(retention);
    if (hours === undefined) refuse(restorePaths.retention, 'the node takes it, but a policy has no such retention');
    else read.retentionHours = hours;
  }
  return read;
}

/** Names, as segments of an address, that the list of children has, and those whose profile was given although the list was not. */
function wifiNames(table: CspTable, nodes: readonly ReadNode[]): readonly string[] {
  const group = nodeUri(table, wifiPaths.group);
  const present = nodes.filter(({ status }) => status === 200);
  const listed = childNames(present.find(({ uri }) => uri === group)?.value ?? '').flatMap((ssid) => encodeUriName(ssid) ?? []);
  const given = present.flatMap(({ uri }) => (uri.startsWith(`${group}/`) && uri.endsWith(`/${wifiPaths.leaf}`) ? uri.slice(group.length + 1, -wifiPaths.leaf.length - 1) : []));
  return [...new Set([...listed, ...given])];
}

function readWifi(table: CspTable, nodes: readonly ReadNode[], names: readonly string[]): readonly ReadNetwork[] {
  const group = nodeUri(table, wifiPaths.group);
  return names.map((name): ReadNetwork => {
    const uri = `${group}/${name}`;
    const profile = nodes.find((node) => node.status === 200 && node.uri === `${uri}/${wifiPaths.leaf}`)?.profile;
    return { ssid: decodeUriName(name) ?? name, uri, ...(profile === undefined ? {} : { profile }) };
  });
}

function readCredential(table: CspTable, at: (path: string) => boolean | number | string | undefined): readonly ReadNetwork[] {
  const ssid = at(credentialPaths.ssid);
  return typeof ssid === 'string' && ssid !== '' ? [{ ssid, uri: nodeUri(table, credentialPaths.group) }] : [];
}
