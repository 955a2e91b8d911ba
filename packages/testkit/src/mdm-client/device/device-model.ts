import { deviceInformationNodes } from './device-information-nodes.table.ts';
import type { DeviceState, NodeValue } from './device-state.ts';
import { dmClientNodes } from './dm-client-nodes.table.ts';
import type { NodeDefinition } from './node-definition.ts';
import { pathOf, readLocUri, type TreePath } from './loc-uri.ts';
import { recoveryNodes } from './recovery-nodes.table.ts';
import { remoteRemediationNodes, type PasswordEncryptionCodes } from './remote-remediation-nodes.table.ts';
import { remoteWipeNodes } from './remote-wipe-nodes.table.ts';
import { hasArrivedIn, parseWindowsBuild } from './windows-build.ts';

/** Editions that differ in what they know of recovery settings, or that management pages list. */
export type WindowsEdition = 'home' | 'pro' | 'enterprise' | 'education' | 'iot-enterprise';

/** The Windows installation that is simulated. */
export interface DeviceSettings {
  /** `10.0.26100.8737`; it decides which nodes exist. */
  readonly build: string;
  /** Home has no Recovery CSP: its page does not list that edition. Default: enterprise. */
  readonly edition?: WindowsEdition;
  /** An Insider build: it knows the Wi-Fi nodes of the Recovery CSP. Default: false. */
  readonly isInsider?: boolean;
  readonly hardwareId: string;
  readonly deviceName: string;
  readonly serialNumber?: string;
  /** Microsoft's texts contradict each other, so a test chooses. Default: definition-file. */
  readonly passwordEncryptionCodes?: PasswordEncryptionCodes;
  /** What commands on nodes get that Windows has, but not this build. Default: 404. */
  readonly absentNodeStatus?: 404 | 405 | 406;
}

/** What a device can do: derived from its settings, never changed. */
export interface DeviceModel {
  readonly definitions: readonly NodeDefinition[];
  /** Nodes that only other builds know. */
  readonly absent: readonly NodeDefinition[];
  readonly absentNodeStatus: 404 | 405 | 406;
}

/**
 * The nodes of a build and edition.
 *
 * @throws {RecoveryError} `invalid-argument` when the build cannot be read
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/recovery-csp and .../remoteremediation-ddf-file, .../remotewipe-csp, .../dmclient-csp
 */
export function createDeviceModel(settings: DeviceSettings): DeviceModel {
  const build = parseWindowsBuild(settings.build);
  const known = [...deviceInformationNodes, ...dmClientNodes, ...remoteWipeNodes, ...remoteRemediationNodes(settings.passwordEncryptionCodes ?? 'definition-file'), ...recoveryNodes];
  const isHere = (node: NodeDefinition): boolean =>
    (node.minimumBuilds === undefined || hasArrivedIn(build, node.minimumBuilds)) &&
    (node.isInsiderOnly !== true || settings.isInsider === true) &&
    (settings.edition !== 'home' || !recoveryNodes.includes(node));
  return { definitions: known.filter(isHere), absent: known.filter((node) => !isHere(node)), absentNodeStatus: settings.absentNodeStatus ?? 404 };
}

/**
 * A device as it leaves the factory: it says who it is, and no recovery setting is set.
 *
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/devinfo-csp and .../devdetail-csp
 */
export function createDeviceState(settings: DeviceSettings): DeviceState {
  const { build, revision } = parseWindowsBuild(settings.build);
  const version = `10.0.${build}.${revision}`;
  const text = (value: string): NodeValue => ({ format: 'chr', value });
  const versions = ['Recovery', 'RemoteRemediation', 'RemoteWipe', 'DMClient']
    .filter((name) => createDeviceModel(settings).definitions.some(({ path }) => path === `./Vendor/MSFT/${name}`))
    .map((name) => `<CSP Node="./Vendor/MSFT/${name}" Version="1.0"/>`).join('');
  return {
    execs: [], faults: [], isUnenrolled: false,
    nodes: {
      './DevInfo/DevId': text(settings.hardwareId),
      './DevInfo/Man': text('Simulated'),
      './DevInfo/Mod': text('Simulated PC'),
      './DevInfo/DmV': text('1.3'),
      './DevInfo/Lang': text('en-US'),
      './DevDetail/OEM': text('Simulated'),
      './DevDetail/DevTyp': text('SimulatedPC'),
      './DevDetail/FwV': text('1.0'),
      './DevDetail/SwV': text(version),
      './DevDetail/HwV': text('1.0'),
      './DevDetail/LrgObj': { format: 'bool', value: 'true' },
      './DevDetail/Ext/Microsoft/DeviceName': text(settings.deviceName),
      './DevDetail/Ext/Microsoft/OSPlatform': text(`Windows 11 ${settings.edition ?? 'enterprise'}`),
      './DevDetail/Ext/Microsoft/SMBIOSSerialNumber': text(settings.serialNumber ?? settings.hardwareId),
      './Vendor/MSFT/DeviceManageability/Capabilities/CSPVersions': text(`<DeviceManageability Version="1.0"><Capabilities><CSPVersions>${versions}</CSPVersions></Capabilities></DeviceManageability>`),
      './Vendor/MSFT/RemoteWipe/AutomaticRedeployment/LastError': { format: 'int', value: '0' },
      './Vendor/MSFT/RemoteWipe/AutomaticRedeployment/Status': { format: 'int', value: '0' },
    },
  };
}

/** The definition that speaks for a place, or undefined. */
export function findDefinition(definitions: readonly NodeDefinition[], path: TreePath): NodeDefinition | undefined {
  return definitions.find((definition) => {
    const parts = definition.path.split('/').slice(1);
    return parts.length === path.segments.length && parts.every((part, index) => part.startsWith('{') || part === path.segments[index]);
  });
}

/** The places above one, nearest to the root first. */
export function ancestorsOf(path: TreePath): TreePath[] {
  return path.segments.slice(0, -1).map((_, index) => pathOf(path.segments.slice(0, index + 1)));
}

/** Whether a node exists on a device now. */
export function existsNode(model: DeviceModel, state: DeviceState, path: TreePath): boolean {
  return state.nodes[path.uri] !== undefined || findDefinition(model.definitions, path)?.isPermanent === true;
}

/** The place of a LocURI that the caller wrote and that is known to be right. */
export function placeOf(uri: string): TreePath {
  const verdict = readLocUri(uri);
  return 'path' in verdict ? verdict.path : pathOf([]);
}
