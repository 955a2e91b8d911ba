import { recoverySettingsSchema } from '@winre-kit/sdk/windows';
import type { DeviceRecord } from '@winre-kit/winre-agent/gateway';
import { expect, test } from 'vitest';
import { createMdmSettingsStore, type StoredNetwork } from '../store/mdm-settings-store.ts';
import { openDatabase } from '../store/open-database.ts';
import { maxNetworks, readDesiredState } from './desired-state.ts';

const device: Pick<DeviceRecord, 'tenantId' | 'deviceId' | 'policies'> = { tenantId: 'contoso', deviceId: 'd', policies: {} };
const networkOf = (ssid: string): StoredNetwork => ({ profile: { kind: 'wifi-wpa2-psk', ssid, key: { secret: 'wifi' }, hidden: false } });

test('a device gets no more networks than settings may hold, its own first, and what is left out is named', async () => {
  const store = createMdmSettingsStore(openDatabase(':memory:'));
  store.putMembers('contoso', 'g', ['d']);
  store.putSettings('contoso', 'g', { networks: Array.from({ length: maxNetworks }, (_, index) => networkOf(`group-${index}`)) });
  expect(readDesiredState(store, device).leftOut).toEqual([]);
  store.putNetwork('d', 'own', networkOf('own'));
  const { settings, owners, leftOut } = readDesiredState(store, device);
  expect([settings.networks?.length, owners.length, settings.networks?.[0], owners[0]]).toEqual([maxNetworks, maxNetworks, networkOf('own'), 'device:d']);
  expect(leftOut).toEqual([{ setting: 'networks', kind: 'unsupported', reason: expect.stringContaining(`group-${maxNetworks - 1}`) }]);
  expect(recoverySettingsSchema.safeParse({ networks: settings.networks?.map(({ profile }) => ({ profile })) }).success).toBe(true);
});
