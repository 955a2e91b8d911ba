import type { NodeDefinition, NodeFormat } from './node-definition.ts';

const readOnly = (path: string, format: NodeFormat = 'chr'): NodeDefinition => ({ path, format, access: ['Get'], isPermanent: true });

/**
 * What a device says about itself: DevInfo, DevDetail, DeviceManageability.
 *
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/devdetail-csp and .../devinfo-csp and .../devicemanageability-csp
 */
export const deviceInformationNodes: readonly NodeDefinition[] = [
  readOnly('./DevInfo', 'node'),
  readOnly('./DevInfo/DevId'),
  readOnly('./DevInfo/Man'),
  readOnly('./DevInfo/Mod'),
  readOnly('./DevInfo/DmV'),
  readOnly('./DevInfo/Lang'),
  readOnly('./DevDetail', 'node'),
  readOnly('./DevDetail/OEM'),
  readOnly('./DevDetail/DevTyp'),
  readOnly('./DevDetail/FwV'),
  readOnly('./DevDetail/SwV'),
  readOnly('./DevDetail/HwV'),
  readOnly('./DevDetail/LrgObj', 'bool'),
  readOnly('./DevDetail/Ext', 'node'),
  readOnly('./DevDetail/Ext/Microsoft', 'node'),
  readOnly('./DevDetail/Ext/Microsoft/DeviceName'),
  readOnly('./DevDetail/Ext/Microsoft/OSPlatform'),
  readOnly('./DevDetail/Ext/Microsoft/SMBIOSSerialNumber'),
  readOnly('./Vendor', 'node'),
  readOnly('./Vendor/MSFT', 'node'),
  readOnly('./Vendor/MSFT/DeviceManageability', 'node'),
  readOnly('./Vendor/MSFT/DeviceManageability/Capabilities', 'node'),
  readOnly('./Vendor/MSFT/DeviceManageability/Capabilities/CSPVersions'),
];
