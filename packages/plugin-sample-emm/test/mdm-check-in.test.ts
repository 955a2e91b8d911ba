import { expect, test } from 'vitest';
import { checkInWave } from '../bench/check-in/check-in-wave.ts';
import { enrolFleet } from '../bench/check-in/enrol-fleet.ts';
import { firstPolicy, groupSettingsOf } from '../bench/check-in/group-policy.ts';
import { verifyFleet } from '../bench/check-in/verify-fleet.ts';
import { startWorld } from './emm-world.ts';

test('a hundred devices that check in at the same moment are all served, and every one has what it should', async () => {
  await using world = await startWorld();
  const { emm, admin, logs } = world;
  const fleet = await enrolFleet({ url: emm.url, caCertificatePem: emm.caCertificatePem, admin }, 'fleet', 100);
  expect(await admin('PUT', '/groups/fleet/settings', groupSettingsOf(firstPolicy))).toMatchObject({ status: 200 });
  const wave = await checkInWave('all at once', fleet, process.pid);
  expect(wave.errors).toEqual([]);
  expect(await verifyFleet(admin, fleet, firstPolicy, wave)).toEqual([]);
  expect(logs.filter((line) => !line.startsWith('{"level":"info"'))).toEqual([]);
}, 60_000);
