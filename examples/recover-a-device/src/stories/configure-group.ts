import { isDeepStrictEqual } from 'node:util';
import { RecoveryError } from '@winre-kit/sdk';
import type { ManagedPc } from '@winre-kit/example-configure-recovery/enrol-pc';
import { changeAtPc, enrolFrontDesk, frontDeskPcs, setFrontDesk } from '@winre-kit/example-configure-recovery/front-desk';
import { settingsInWords, summarisePc, type PcSummary } from '@winre-kit/example-configure-recovery/summarise-pc';
import type { Step, Story } from '../timeline.ts';
import type { World } from '../world/start-world.ts';

const group = 'front-desk';

/** One group gets its recovery settings by MDM before anything breaks: each PC what its Windows can express, and what is changed there is changed back. */
export function configureGroup({ admin, emmUrl, caCertificatePem, secrets, audit, office, people }: World): Story {
  const emm = { url: emmUrl, caCertificatePem, admin: admin.call };
  const pcs = new Map<string, ManagedPc>();
  const changed = new Map<ManagedPc, { readonly drift: readonly string[]; readonly healthy: ReturnType<ManagedPc['client']['nodes']> }>();

  const record = async (pc: ManagedPc, summary: PcSummary, drift: readonly string[], nodesWritten: number): Promise<void> => {
    const message = drift.length > 0 ? `${pc.name}: changed back at its check-in: ${drift.join('; ')}` : `${pc.name}: read back at its check-in`;
    await audit.append({ kind: 'policy.set', actor: 'host', subject: { pluginId: office.plugin.id, deviceId: pc.id }, message, facts: { group, ...summary, drift, nodesWritten } });
  };

  return {
    title: 'Configure: one group, four kinds of Windows',
    steps: [
      {
        title: 'Four PCs enrol in the EMM by MDM',
        async run(report) {
          for (const pc of await enrolFrontDesk(emm, secrets)) pcs.set(pc.name, pc);
          report.note(frontDeskPcs.map(({ deviceName, build }) => `${deviceName} ${build}`).join(', '));
        },
      },
      {
        title: 'Their group gets Quick Machine Recovery, point-in-time restore and Wi-Fi for WinRE',
        async run(report) {
          const key = (name: string): string => secrets.plant(name, secrets.canaries.secret(name, 'passphrase'));
          const settings = settingsInWords(await setFrontDesk(emm, [...pcs.values()], { depot: key('depot-wifi'), yard: key('yard-wifi') }));
          await audit.append({ kind: 'policy.set', actor: people.operator.principal, subject: { pluginId: office.plugin.id }, message: `recovery settings of group ${group}`, facts: { group, ...settings } });
          report.note(`Quick Machine Recovery ${settings.quickMachineRecovery}; point-in-time restore ${settings.pointInTimeRestore}; Wi-Fi ${settings.networks.join(', ')}`);
        },
      },
      ...frontDeskPcs.map(({ deviceName }): Step => ({
        title: `${deviceName} checks in and takes what its Windows can express`,
        async run(report) {
          const pc = pcOf(pcs, deviceName);
          const { view, changes } = await pc.sync();
          if (view.drift.length > 0) throw new RecoveryError('internal', `${deviceName} does not have what it was sent: ${view.drift.map(({ uri, reason }) => `${uri}: ${reason}`).join('; ')}`);
          const summary = summarisePc(pc, view);
          await record(pc, summary, [], changes.length);
          report.note(noteOf(summary));
        },
      })),
      {
        title: 'Local administrators change settings',
        async run(report) {
          for (const pc of pcs.values()) {
            const healthy = pc.client.nodes();
            const drift = changeAtPc(pc);
            if (drift.length > 0) changed.set(pc, { drift, healthy });
          }
          report.note([...changed].map(([{ name }, { drift }]) => `${name}: ${drift.join(', ')}`).join('; '));
        },
      },
      {
        title: 'The next check-in changes them back, and nothing else',
        async run(report) {
          const healed: string[] = [];
          for (const pc of pcs.values()) {
            const { view, changes } = await pc.sync();
            const { drift = [], healthy } = changed.get(pc) ?? {};
            const isHealed = healthy === undefined ? changes.length === 0 : isDeepStrictEqual(pc.client.nodes(), healthy);
            if (!isHealed || view.drift.length > 0) throw new RecoveryError('internal', `${pc.name} was sent ${changes.length} changes and is not as it was before`);
            if (drift.length === 0) continue;
            await record(pc, summarisePc(pc, view), drift, changes.length);
            healed.push(`${pc.name}: ${changes.length} nodes written, as before`);
          }
          report.note(healed.join('; '));
        },
      },
    ],
  };
}

function pcOf(pcs: ReadonlyMap<string, ManagedPc>, name: string): ManagedPc {
  const pc = pcs.get(name);
  if (!pc) throw new RecoveryError('not-found', `${name} is not enrolled`);
  return pc;
}

function noteOf({ windows, dialect, quickMachineRecovery, pointInTimeRestore, networks, notExpressed }: PcSummary): string {
  const has = [
    ...(quickMachineRecovery === '' ? [] : ['Quick Machine Recovery']),
    ...(pointInTimeRestore === '' ? [] : ['point-in-time restore']),
    ...networks.map((ssid) => `Wi-Fi ${ssid}`),
  ];
  const lacks = notExpressed.map(({ settings, reason }) => `not expressed: ${settings.join(', ')} (${reason})`);
  return [`${windows}, ${dialect}`, `has ${has.join(', ') || 'nothing'}`, ...lacks].join(' · ');
}
