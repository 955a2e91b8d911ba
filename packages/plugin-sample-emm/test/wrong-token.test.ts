import type { PlanDraftInput } from '@winre-kit/sdk';
import { expect, test } from 'vitest';
import { bindingOf, call, collect, startRequestOf, startWorld, tenantId } from './emm-world.ts';

const draft: PlanDraftInput = { prechecks: [], blastRadius: { devices: 1, description: 'x' }, requests: [{ method: 'POST', url: 'https://emm.example' }] };

test('a start with a wrong token starts nothing, and what was there is left alone', async () => {
  await using world = await startWorld();
  const device = await world.addDevice('hardware-wrong-token');
  const enter = { capability: 'winre.session.enter' as const, tenantId, device: bindingOf(device) };
  const { plugin } = await world.openPlugin();
  await plugin.sessions?.enter?.doStart(await startRequestOf(enter, draft, 'before'), call);
  const before = await collect(plugin.operations.doList({}, call));
  const { plugin: stranger } = await world.openPlugin({ token: 'emm_not-a-token-of-anybody' });
  await expect(stranger.sessions?.enter?.doStart(await startRequestOf(enter, draft, 'intruder'), call)).rejects.toMatchObject({ code: 'unauthenticated' });
  expect(before).toHaveLength(1);
  expect(await collect(plugin.operations.doList({}, call))).toEqual(before);
});
