import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { instantAt, RecoveryError, signScript, type DeviceBinding, type RecoverySession, type RestorePoint } from '@winre-kit/sdk';
import { systemClock } from '@winre-kit/sdk/host';
import type { Story } from '../timeline.ts';
import { applyBadUpdate } from '../volume/break-volume.ts';
import { differingPaths, readManifest } from '../volume/volume-manifest.ts';
import { tenantId, wifiSsid, type World } from '../world/start-world.ts';
import { carryOut, followToSuccess, signDecision, submitIntent } from './carry-out.ts';
import { bindingOf, recoverySessionOf, restorePointsOf, untilBooted } from './watch-device.ts';

const diagnosticScript = `echo "recovery environment: $(uname -s)"
echo "started $(date -u +%H:%M:%S) UTC"
df -k . | tail -n 1
`;

/** Device A: an encrypted PC that a bad update has broken goes back to its last restore point, in place. */
export function recoverByRestore({ devices: { A: device }, office, people }: World): Story {
  const world = { host: office.host, pluginId: office.plugin.id, people };
  let binding: DeviceBinding;
  let session: RecoverySession;
  let points: readonly RestorePoint[];
  let good: ReadonlyMap<string, string>;

  return {
    title: 'Device A: restore in place',
    steps: [
      {
        title: 'Restore points are taken at two times',
        async run(report) {
          device.switchOn();
          binding = await bindingOf(office, device);
          await restorePointsOf(office, binding, 1);
          report.note('the first one, by schedule');
          await mkdir(join(device.volume, 'documents'), { recursive: true });
          await writeFile(join(device.volume, 'documents/report.txt'), 'The quarter in figures\n'.repeat(2_000));
          await device.takeRestorePoint();
          points = await restorePointsOf(office, binding, 2);
          good = await readManifest(device.volume);
          report.note(`${points.length} restore points, ${good.size} entries on the volume`);
        },
      },
      {
        title: 'A bad update breaks the system',
        async run(report) {
          await writeFile(join(device.volume, 'documents/unsaved.txt'), 'written after the last restore point\n');
          const { changed, deleted, added, flipped } = await applyBadUpdate(device.volume);
          report.note(`changed ${changed.join()}, deleted ${deleted.join()}, added ${added.length}, one bit flipped in ${flipped.path}`);
        },
      },
      {
        title: 'It fails its boot check, starts WinRE and is detected',
        async run(report) {
          session = await recoverySessionOf(office, binding);
          report.note(`session ${session.sessionId} because of ${session.bootReason}, WinRE ${session.winreVersion ?? 'unknown'}`);
        },
      },
      {
        title: 'It gets a Wi-Fi profile',
        async run(report) {
          const profile = { kind: 'wifi-wpa2-psk', ssid: wifiSsid, key: { secret: 'wifi-key' } };
          await carryOut(world, { capability: 'winre.network.configure', tenantId, device: binding, profile, confirmDisconnect: true, rollBackAfterMs: 20_000 }, 'A-network', report);
          report.note(`back over ${wifiSsid}`);
        },
      },
      {
        title: 'It runs a signed diagnostic script',
        async run(report) {
          const nowMs = systemClock.now();
          const manifest = { name: 'look-around', interpreter: 'sh' as const, successExitCodes: [0], timeoutMs: 10_000, maxOutputBytes: 65_536 };
          const script = await signScript({ content: diagnosticScript, manifest }, { tenantId, issuedAt: instantAt(nowMs - 60_000), expiresAt: instantAt(nowMs + 3_600_000) }, people.scriptAuthor.signer);
          const done = await carryOut(world, { capability: 'winre.script.push', tenantId, device: binding, script }, 'A-script', report);
          report.note((done.report?.stdout?.text ?? '').trim().split('\n').join(' · '));
        },
      },
      {
        title: 'Its volume is unlocked with the escrowed key',
        async run(report) {
          await carryOut(world, { capability: 'winre.keys.release', tenantId, device: binding, sessionId: session.sessionId, volumeId: 'os' }, 'A-unlock', report);
          report.note('approved, sealed to the session, used once');
        },
      },
      {
        title: 'The plan shows what would be lost',
        async run(report) {
          const [newest] = points;
          if (!newest) throw new RecoveryError('not-found', 'there is no restore point');
          const intent = { capability: 'winre.restore.trigger', tenantId, device: binding, restorePointId: newest.id, safetySnapshot: true };
          const { plan } = await submitIntent(office.host, office.plugin.id, intent, 'A-restore', people);
          report.note(`${plan.loss?.files ?? 0} files, ${plan.loss?.bytes ?? 0} bytes: ${plan.loss?.entries.map(({ path }) => path).join(', ') ?? ''}`);
        },
      },
      {
        title: 'The requester cannot approve it; a second person signs',
        async run(report) {
          const request = await office.host.approvalRequest('A-restore');
          const ownApproval = await signDecision(request, people.operator, 'it is urgent');
          const refusal: unknown = await office.host.approve('A-restore', ownApproval).then(() => undefined, (error: unknown) => error);
          if (!RecoveryError.isInstance(refusal) || refusal.code !== 'approval-rejected') throw new RecoveryError('internal', "the requester's own approval was not refused");
          await office.host.approve('A-restore', await signDecision(request, people.approver, 'the losses are acceptable'));
          report.note(`${people.operator.principal}: ${refusal.code}; ${people.approver.principal}: approved`);
        },
      },
      {
        title: 'The volume is rolled back in place',
        async run(report) {
          await office.host.start('A-restore');
          await followToSuccess(office.host, 'A-restore', report);
        },
      },
      {
        title: 'It boots, and every byte is as before',
        async run(report) {
          await carryOut(world, { capability: 'winre.session.exit', tenantId, device: binding, sessionId: session.sessionId }, 'A-boot', report);
          await untilBooted(office, session);
          const differing = differingPaths(good, await readManifest(device.volume));
          if (differing.length > 0) throw new RecoveryError('data-loss', `after the rollback ${differing.length} entries differ: ${differing.slice(0, 5).join(', ')}`);
          report.note(`${good.size} entries compared, none differs`);
        },
      },
    ],
  };
}
