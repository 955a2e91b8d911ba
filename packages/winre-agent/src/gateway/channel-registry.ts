import type { HelloStatement } from '../protocol/index.ts';
import type { DeviceRecord } from './gateway-records.ts';
import { createReplayWindow, type ReplayWindow } from './replay-window.ts';

/** An open channel. It lives in memory: after a restart the agent says hello again. */
export interface Channel {
  readonly channelId: string;
  readonly deviceId: string;
  readonly tenantId: string;
  readonly enrolmentEpoch: string;
  readonly devicePublicKey: string;
  readonly bootId: string;
  readonly mode: HelloStatement['mode'];
  readonly sessionId: string | undefined;
  readonly sealingPublicKey: string;
  readonly replay: ReplayWindow;
  /** The newest poll; an older one that still waits answers empty. */
  latestPoll: number;
  /** The news that the agent was last told, so that each ends a poll's wait once. */
  told: string;
}

/** One channel per device: a new hello closes the one before. */
export interface ChannelRegistry {
  open(channelId: string, device: DeviceRecord, hello: HelloStatement, sessionId: string | undefined, told: string): Channel;
  find(channelId: string): Channel | undefined;
  ofDevice(deviceId: string): Channel | undefined;
  close(deviceId: string): void;
}

export function createChannelRegistry(): ChannelRegistry {
  const byId = new Map<string, Channel>();
  const byDevice = new Map<string, Channel>();
  const close = (deviceId: string): void => {
    const channel = byDevice.get(deviceId);
    byDevice.delete(deviceId);
    if (channel) byId.delete(channel.channelId);
  };
  return {
    open(channelId, device, hello, sessionId, told) {
      close(device.deviceId);
      const { deviceId, tenantId, enrolmentEpoch, devicePublicKey } = device;
      const { bootId, mode, sealingPublicKey } = hello;
      const channel: Channel = { channelId, deviceId, tenantId, enrolmentEpoch, devicePublicKey, bootId, mode, sessionId, sealingPublicKey, replay: createReplayWindow(), latestPoll: 0, told };
      byId.set(channelId, channel);
      byDevice.set(deviceId, channel);
      return channel;
    },
    find: (channelId) => byId.get(channelId),
    ofDevice: (deviceId) => byDevice.get(deviceId),
    close,
  };
}
