import { RecoveryError } from '../../errors/recovery-error.ts';
import type { RemediationPolicy } from '../../schemas/remediation.ts';
import { readXml, type XmlLimits } from '../xml/read-xml.ts';
import { findElement, type XmlElement } from '../xml/xml-element.ts';

/** What a settings file or the tool's answer says, without the Wi-Fi password. Members that are not there, or not in a known form, are absent. */
export interface ParsedRecoverySettings {
  readonly remediation: Partial<RemediationPolicy>;
  readonly wifi?: { readonly ssid: string; readonly hasPassword: boolean };
  /** What was there in an unknown form, as `Element@attribute`; values are not repeated. */
  readonly unknown: readonly string[];
}

/**
 * Reads what `reagentc /getrecoverysettings` prints, or a settings file. Lines around the XML, such as the tool's own words, are left out.
 *
 * There is no published schema, so elements and attributes that nobody knows are only named in `unknown`.
 *
 * @throws {RecoveryError} `invalid-argument` where there is no `WindowsRE` element; nothing is quoted
 * @see https://learn.microsoft.com/windows/configuration/quick-machine-recovery
 */
export function parseRecoverySettingsXml(text: string, limits: XmlLimits = {}): ParsedRecoverySettings {
  const from = text.search(/<\?xml|<WindowsRE\b/);
  const root = from < 0 ? undefined : readXml(text.slice(from, text.lastIndexOf('>') + 1), limits);
  if (root?.name !== 'WindowsRE') throw new RecoveryError('invalid-argument', 'expected the XML of Windows recovery settings');
  const unknown: string[] = [];
  const read = <TValue>(parent: XmlElement | undefined, attribute: string, parse: (text: string) => TValue | undefined): TValue | undefined => {
    const written = parent?.attributes[attribute];
    const value = written === undefined ? undefined : parse(written.trim());
    if (written !== undefined && value === undefined) unknown.push(`${parent?.name}@${attribute}`);
    return value;
  };
  const auto = findElement(root, 'AutoRemediation');
  const policy = {
    cloudRemediation: read(findElement(root, 'CloudRemediation'), 'state', parseState),
    autoRemediation: read(auto, 'state', parseState),
    retryIntervalMinutes: read(auto, 'waitinterval', parseMinutes),
    timeToRebootMinutes: read(auto, 'totalwaittime', parseMinutes),
  };
  const wifi = findElement(root, 'WifiCredential', 'Wifi');
  const ssid = wifi?.attributes['ssid'];
  return {
    remediation: Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== undefined)),
    ...(wifi && ssid !== undefined && { wifi: { ssid, hasPassword: (wifi.attributes['password'] ?? '') !== '' } }),
    unknown: [...unknown, ...strangersOf(root)],
  };
}

const known: Readonly<Record<string, readonly string[]>> = {
  WindowsRE: [], WifiCredential: [], Wifi: ['ssid', 'password'], CloudRemediation: ['state'], AutoRemediation: ['state', 'totalwaittime', 'waitinterval'],
};

function strangersOf(element: XmlElement): readonly string[] {
  const attributes = known[element.name];
  if (attributes === undefined) return [element.name];
  return [...Object.keys(element.attributes).filter((name) => !attributes.includes(name)).map((name) => `${element.name}@${name}`), ...element.children.flatMap(strangersOf)];
}

function parseState(text: string): boolean | undefined {
  return text === '1' ? true : text === '0' ? false : undefined;
}

function parseMinutes(text: string): number | undefined {
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}
