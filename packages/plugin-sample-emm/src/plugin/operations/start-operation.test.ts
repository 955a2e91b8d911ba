import type { Intent } from '@winre-kit/sdk';
import { createMockHost } from '@winre-kit/testkit';
import { expect, test } from 'vitest';
import { sampleEmmConfigSchema } from '../sample-emm-config.ts';
import type { SampleEmm } from '../sample-emm.ts';
import { secretsOfIntent } from './intent-secrets.ts';
import { operationAddress } from './operation-address.ts';
import { createOperationFence } from './operation-fence.ts';
import { startRequest } from './start-operation.ts';

const config = sampleEmmConfigSchema.parse({ baseUrl: 'https://emm.example', token: { secret: 't' }, tenantId: 'contoso', networkKeys: [{ secret: 'site' }] });

test('the planned request is the same for the same plan, names secrets, and holds what belongs to the approval', () => {
  const emm = { config } as unknown as SampleEmm;
  const planned = startRequest(emm, [{ secret: 'site' }], { offering: { id: 'o' } });
  expect(planned).toEqual(startRequest(emm, [{ secret: 'site' }], { offering: { id: 'o' } }));
  expect(planned).toMatchObject({ method: 'POST', url: 'https://emm.example/admin/v1/operations', body: { secrets: { site: '«secret:site»' }, offering: { id: 'o' } } });
});

test('only network profiles with a key name a secret', () => {
  const target = { tenantId: 'contoso', device: { id: 'd', enrolmentEpoch: 'e' } };
  const network = { capability: 'winre.network.configure', ...target, confirmDisconnect: false, rollBackAfterMs: 1_000 } as const;
  const wifi = (secret: string): Intent => ({ ...network, profile: { kind: 'wifi-wpa2-psk', ssid: 's', key: { secret }, hidden: false } });
  expect(secretsOfIntent(wifi('site'), config)).toEqual([{ secret: 'site' }]);
  expect(secretsOfIntent({ ...network, profile: { kind: 'ethernet-dhcp', interfaceName: 'Ethernet' } }, config)).toEqual([]);
  expect(secretsOfIntent({ capability: 'winre.session.enter', ...target }, config)).toEqual([]);
  // The host lends this one too, and it must not end up as a Wi-Fi key on a device.
  expect(() => secretsOfIntent(wifi('t'), config)).toThrow(expect.objectContaining({ code: 'permission-denied', fieldPath: 'profile.key.secret' }));
});

test('an address holds key, device and name, encoded', () => {
  const handle = { operationId: 'i', operationKey: 'a/b?c', plugin: 'p', vendorRef: 'v', device: { id: 'd', enrolmentEpoch: 'e' }, capability: 'c', payloadDigest: '0'.repeat(64), createdAt: '2026-11-22T03:00:00.000Z', ttlMs: 1 };
  expect(operationAddress(handle, '/cancel')).toEqual({ path: '/operations/a%2Fb%3Fc/cancel', query: { deviceId: 'd', vendorRef: 'v' } });
});

test('a fence is remembered per key, in the storage of the host', async () => {
  const { storage } = createMockHost().services;
  await createOperationFence(storage).remember('k', 3);
  expect([await createOperationFence(storage).read('k'), await createOperationFence(storage).read('other')]).toEqual([3, 0]);
});
