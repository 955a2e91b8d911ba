import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCanarySecrets, createFakePlugin, createManualClock } from '@winre-kit/testkit';
import { definePlugin, RecoveryError } from '@winre-kit/sdk';
import { createAuditLog, createFileAuditStore, createFileJournal, createFileStorage } from '@winre-kit/sdk/host';
import { expect, test } from 'vitest';
import { device, setUpHost, statesOf } from './host-setup.ts';

test('a plug-in that spills its secrets everywhere gets none of them into logs, errors, events, journal, audit or storage', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'canaries-'));
  const canaries = createCanarySecrets();
  const wifi = canaries.secret('wifi', 'passphrase');
  const token = canaries.secret('token');
  const clock = createManualClock();
  const fake = createFakePlugin({ clock, stepMs: 1_000 });
  const leaky = definePlugin({ ...fake.definition, open: async (config, services) => {
    using lease = await services.secrets.resolve({ secret: 'token' });
    const spilled = lease.value.reveal();
    services.logger.log('info', `signed in with ${spilled}`, { spilled, nested: [{ header: `Bearer ${spilled}` }] });
    await services.audit.note(`token is ${spilled}`, { spilled });
    const instance = await fake.definition.open(config, services);
    const { network } = instance;
    if (!network) throw new RecoveryError('internal', 'no network facet');
    return {
      ...instance,
      probe: () => Promise.reject(new TypeError(`GET https://emm.example/?token=${encodeURIComponent(spilled)} failed`, { cause: { spilled } })),
      network: {
        ...network,
        async doPlan(intent, call) {
          return { ...(await network.doPlan(intent, call)), requests: [{ method: 'POST', url: 'https://emm.example/', body: { key: wifi, token: spilled } }] };
        },
        async doStart(request, call) {
          return { ...(await network.doStart(request, call)), message: `connected with ${wifi}`, rawState: Buffer.from(wifi).toString('base64'), vendor: { 'fake-plugin': { echo: wifi } } };
        },
      },
    };
  } });
  const journal = await createFileJournal(join(folder, 'journal'));
  const audit = await createAuditLog({ store: await createFileAuditStore(join(folder, 'audit')), clock });
  const setup = await setUpHost({
    clock, plugin: { ...fake, definition: leaky }, journal, audit, storage: await createFileStorage(join(folder, 'storage')),
    knownSecrets: { wifi, token }, config: { token: { secret: 'token' }, secrets: ['wifi'] },
  });
  const events: unknown[] = [];
  setup.host.events.on('operation-changed', (snapshot) => void events.push(snapshot));
  const intent = { capability: 'winre.network.configure', tenantId: 'tenant-1', device, profile: { kind: 'wifi-wpa2-psk', ssid: 'office', key: { secret: 'wifi' } } };
  const plan = await setup.host.plan('fake-plugin', intent);
  await setup.host.submit(plan, setup.submitRequest('key-1'));
  await setup.host.start('key-1');
  await clock.runUntilSettled(statesOf(setup.host.watch('key-1')));
  const errors = [
    await setup.host.plugin('fake-plugin').probe().catch((error: unknown) => error),
    await setup.host.plan('fake-plugin', { ...intent, profile: { ...intent.profile, ssid: token.slice(0, 32) } }).catch((error: unknown) => error),
    await setup.host.plan('fake-plugin', { capability: 'winre.restore.trigger', tenantId: 'tenant-1', device, restorePointId: token }).catch((error: unknown) => error),
  ];
  expect(errors[2]).toMatchObject({ code: 'invalid-argument', message: expect.stringContaining('value of a secret') as string });
  await setup.host.cancel('key-1', 'olivia@example.com', `because ${token}`);

  // The plug-in really had them: the vendor received what the report shows.
  expect(fake.vendor.secretsReceived.map((secret) => secret.reveal())).toContain(wifi);
  expect(canaries.findLeaks({ plan, events, errors, logs: setup.logs, bundle: await audit.exportAudit(), operations: await setup.host.operations.list() })).toEqual([]);
  await setup.host[Symbol.asyncDispose]();
  await journal.close();
  await audit.close();
  expect(await canaries.scanFolder(folder)).toEqual([]);
  await rm(folder, { recursive: true });
});
