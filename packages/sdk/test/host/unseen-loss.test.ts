import { createFakePlugin, createManualClock } from '@winre-kit/testkit';
import { definePlugin, instantAt, type Precheck } from '@winre-kit/sdk';
import { expect, test } from 'vitest';
import { restoreIntent, setUpHost } from './host-setup.ts';

/** Plans a restore through a plug-in that could not see what it would take away. */
async function planUnseen(prechecks: readonly Precheck[]): Promise<unknown> {
  const clock = createManualClock();
  const fake = createFakePlugin({ clock });
  const definition = definePlugin({ ...fake.definition, open: async (config, services) => {
    const instance = await fake.definition.open(config, services);
    const { restore } = instance;
    if (!restore?.doPlan) throw new TypeError('no restore facet');
    const { doPlan } = restore;
    return { ...instance, restore: { ...restore, async doPlan(intent, call) {
      const { loss: _unseen, ...draft } = await doPlan(intent, call);
      return { ...draft, prechecks: [...prechecks] };
    } } };
  } });
  const { host } = await setUpHost({ clock, plugin: { ...fake, definition } });
  return host.plan('fake-plugin', restoreIntent);
}

const precheck = (id: string, state: Precheck['state'], evidence: string): Precheck => ({ id, state, evidence, required: true, observedAt: instantAt(0) });

test('a destructive plan without a loss is refused with the prechecks that kept it from being seen', async () => {
  await expect(planUnseen([precheck('power', 'met', 'on mains'), precheck('volume-unlocked', 'unknown', 'volume os is locked: release its recovery key first')])).rejects.toMatchObject({
    code: 'failed-precondition', message: expect.stringContaining('release its recovery key first'), facts: { prechecks: [expect.stringContaining('volume-unlocked is unknown')] },
  });
});

test('without such a precheck it is a defect of the plug-in', async () => {
  await expect(planUnseen([precheck('power', 'met', 'on mains')])).rejects.toMatchObject({ code: 'internal', fieldPath: 'loss' });
});
