import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretValue, type NetworkProfile } from '@winre-kit/sdk';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSimulatedNetwork } from './simulated-network.ts';

const key = 'correct horse';
const surroundings = [{ kind: 'ethernet-dhcp' }, { kind: 'wifi-wpa2-psk', ssid: 'depot', keySha256: createHash('sha256').update(key).digest('hex') }] as const;
const depot: NetworkProfile = { kind: 'wifi-wpa2-psk', ssid: 'depot', key: { secret: 'wifi' }, hidden: false };
let folder: string;
let server: Server;
let target: { host: string; port: number };
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'network-'));
  server = createServer((socket) => socket.on('error', () => {}).pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  target = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
});
afterEach(() => void server.close());

test('joining another network destroys every open connection, and the wrong key leaves none', async () => {
  const network = await openSimulatedNetwork(folder, surroundings);
  const socket = network.openSocket(target);
  await once(socket, 'connect');
  const cut = once(socket, 'error');
  await network.apply(depot, new SecretValue('wrong key'));
  expect(await cut).toMatchObject([{ code: 'device-unreachable' }]);
  expect(() => network.openSocket(target)).toThrow(expect.objectContaining({ code: 'device-unreachable' }));
  expect(await network.status()).toMatchObject({ connected: false, ssid: 'depot', addresses: [] });
});

test('going back leads to the network that worked, past several changes', async () => {
  const network = await openSimulatedNetwork(folder, surroundings);
  await network.apply(depot, new SecretValue('wrong key'));
  await network.apply({ ...depot, ssid: 'nowhere' }, new SecretValue(key));
  expect(await network.rollBack()).toBe(true);
  expect(await network.status()).toMatchObject({ connected: true, kind: 'ethernet-dhcp' });
  expect(await network.rollBack()).toBe(false);
});

test('an unconfirmed change can be undone after a restart, a confirmed one stays; the key is not kept', async () => {
  await (await openSimulatedNetwork(folder, surroundings)).apply(depot, new SecretValue(key));
  const again = await openSimulatedNetwork(folder, surroundings);
  expect(await again.status()).toMatchObject({ connected: true, ssid: 'depot' });
  expect(await readFile(join(folder, 'network.json'), 'utf8')).not.toContain('horse');
  expect(await again.rollBack()).toBe(true);
  await again.apply(depot, new SecretValue(key));
  await again.confirm();
  expect(await (await openSimulatedNetwork(folder, surroundings)).rollBack()).toBe(false);
  const socket = again.openSocket(target);
  await once(socket, 'connect');
  socket.destroy();
});
