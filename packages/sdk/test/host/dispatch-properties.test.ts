import fc from 'fast-check';
import { isTerminalState, mayTransition, type OperationState } from '@winre-kit/sdk';
import { createFakePlugin, createManualClock, type StartFault } from '@winre-kit/testkit';
import { createAuditLog, createMemoryAuditStore, createMemoryJournal, verifyAuditExport } from '@winre-kit/sdk/host';
import { expect, test } from 'vitest';
import { setUpHost, statesOf, type HostSetup } from './host-setup.ts';

const fault = fc.oneof(
  fc.constant<StartFault>({ kind: 'accept-and-lose-reply' }),
  fc.constant<StartFault>({ kind: 'never-arrived' }),
  fc.constant<StartFault>({ kind: 'slow', delayMs: 30_000 }),
  fc.constant<StartFault>({ kind: 'fail', exitCode: 1 }),
  fc.constant<StartFault>({ kind: 'throw', error: new TypeError('socket hang up') }),
);
const step = fc.oneof(
  fc.constant({ do: 'start' as const }),
  fc.constant({ do: 'start-with-deadline' as const }),
  fc.constant({ do: 'reconcile' as const }),
  fc.constant({ do: 'restart-host' as const }),
  fc.record({ do: fc.constant('pass-time' as const), ms: fc.integer({ min: 1, max: 5_000 }) }),
  fc.record({ do: fc.constant('blind' as const), on: fc.boolean() }),
  fc.record({ do: fc.constant('offline' as const), on: fc.boolean() }),
);

test('whatever is lost and whenever the host restarts: never two effects, no success without one, states only along the table', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fault, { maxLength: 4 }), fc.array(step, { minLength: 1, maxLength: 12 }), async (faults, steps) => {
      const clock = createManualClock();
      const plugin = createFakePlugin({ clock, stepMs: 500 });
      const journal = createMemoryJournal();
      const audit = await createAuditLog({ store: createMemoryAuditStore(), clock });
      const open = (): Promise<HostSetup> => setUpHost({ clock, plugin, journal, audit });
      let setup = await open();
      await setup.approved();
      plugin.vendor.failNextStart(...faults);
      let state: OperationState = 'approved';
      const follow = (host: HostSetup['host']): void => void host.events.on('operation-changed', (snapshot) => {
        expect(snapshot.state === state || mayTransition(state, snapshot.state, 'destructive')).toBe(true);
        state = snapshot.state;
      });
      follow(setup.host);
      for (const action of steps) {
        const now = action.do;
        if (now === 'start') await clock.runUntilSettled(setup.host.start('key-1').catch(() => {}));
        if (now === 'start-with-deadline') await clock.runUntilSettled(setup.host.start('key-1', { deadlineMs: clock.now() + 2_000 }).catch(() => {}));
        if (now === 'reconcile') await setup.host.reconcile('key-1').catch(() => {});
        if (now === 'pass-time') await clock.advance(action.ms);
        if (now === 'blind') plugin.vendor.blind = action.on;
        if (now === 'offline' && action.on) plugin.vendor.offlineDevices.add('device-1');
        if (now === 'offline' && !action.on) plugin.vendor.offlineDevices.clear();
        if (now === 'restart-host') {
          await setup.host[Symbol.asyncDispose]();
          setup = await open();
          follow(setup.host);
          await clock.runUntilSettled(setup.host.recover());
        }
        expect(plugin.vendor.effectsOf('key-1')).toBeLessThanOrEqual(1);
        expect((await setup.host.operations.get('key-1')).state).toBe(state);
      }
      plugin.vendor.blind = false;
      plugin.vendor.offlineDevices.clear();
      plugin.vendor.failNextStart();
      await clock.runUntilSettled(setup.host.start('key-1').catch(() => {}));
      const last = (await clock.runUntilSettled(statesOf(setup.host.watch('key-1')))).at(-1);
      expect(isTerminalState(last as OperationState)).toBe(true);
      expect(plugin.vendor.effectsOf('key-1')).toBeLessThanOrEqual(1);
      const proved = plugin.vendor.effectsOf('key-1') === 1 && (await audit.exportAudit()).entries.some(({ kind }) => kind === 'operation.evidence');
      expect(last !== 'succeeded' || proved).toBe(true);
      expect(await verifyAuditExport(await audit.exportAudit())).toMatchObject({ ok: true });
      await setup.host[Symbol.asyncDispose]();
    }),
    { numRuns: 30 },
  );
}, 30_000);
