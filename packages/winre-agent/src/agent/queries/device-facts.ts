import { instantAt } from '@winre-kit/sdk';
import type { DeviceFacts, VolumeStatus } from '../../protocol/index.ts';
import type { AgentServices } from '../agent-services.ts';

type YesNoUnknown = DeviceFacts['encrypted'];

/** What the device observes about itself now, dated by the gateway's clock. */
export async function observeFacts({ platform, link, clock }: AgentServices): Promise<DeviceFacts> {
  const [volume, readiness] = await Promise.all([platform.volume.status(), platform.readiness()]);
  return {
    observedAt: instantAt(link.gatewayTimeMs() ?? clock.now()),
    power: readiness.onAcPower === undefined ? 'unknown' : readiness.onAcPower ? 'mains' : 'battery',
    ...(readiness.batteryPercent !== undefined && { batteryPercent: readiness.batteryPercent }),
    ...(volume.freeBytes !== undefined && { freeBytes: volume.freeBytes }),
    encrypted: yesNo(volume.encrypted),
    locked: yesNo(volume.locked),
    winreEnabled: yesNo(readiness.winreEnabled),
    driversAvailable: yesNo(readiness.driversAvailable),
    osBuild: platform.hardware.osBuild,
  };
}

export async function observeVolume({ platform, lastBootCheck }: AgentServices): Promise<VolumeStatus> {
  const { volumeId, encrypted, locked, freeBytes } = await platform.volume.status();
  const verdict = lastBootCheck();
  return {
    volumeId,
    encrypted: yesNo(encrypted),
    locked: yesNo(locked),
    ...(freeBytes !== undefined && { freeBytes }),
    bootable: yesNo(verdict && verdict.state === 'passed'),
  };
}

function yesNo(value: boolean | undefined): YesNoUnknown {
  return value === undefined ? 'unknown' : value ? 'yes' : 'no';
}
