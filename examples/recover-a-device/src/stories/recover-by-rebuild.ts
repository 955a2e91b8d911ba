import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { instantAt, RecoveryError, validationItemSchema, type DeviceBinding, type OperationSnapshot, type RecoverySession, type ValidationItem } from '@winre-kit/sdk';
import { runPlaybook, systemClock, type Playbook } from '@winre-kit/sdk/host';
import { z } from 'zod';
import type { Story } from '../timeline.ts';
import { applyBadUpdate } from '../volume/break-volume.ts';
import { filesBySize } from '../volume/files-by-size.ts';
import { differingPaths, readManifest } from '../volume/volume-manifest.ts';
import { tenantId, type World } from '../world/start-world.ts';
import type { GoldenMedia } from '../volume/golden-media.ts';
import { signDecision } from './carry-out.ts';
import { bindingOf, recoverySessionOf, restorePointsOf } from './watch-device.ts';

const playbook: Playbook = {
  id: 'broken-boot', version: '1',
  steps: [
    { id: 'native', kind: 'wait-for-native-qmr', timeLimitMs: 1_000, maxAttempts: 1 },
    { id: 'restore', kind: 'restore', timeLimitMs: 120_000, maxAttempts: 1 },
    { id: 'rebuild', kind: 'rebuild', timeLimitMs: 120_000, maxAttempts: 1 },
  ],
};

/** Device B: its restore points are damaged, so the playbook escalates to a rebuild from golden media. */
export function recoverByRebuild({ devices: { B: device }, office, people }: World, media: GoldenMedia): Story {
  let binding: DeviceBinding;
  let session: RecoverySession;

  return {
    title: 'Device B: rebuild',
    steps: [
      {
        title: 'A restore point is taken, and its repository is damaged',
        async run(report) {
          device.switchOn();
          binding = await bindingOf(office, device);
          await restorePointsOf(office, binding, 1);
          report.note(`${await damageLargestFile(device.restorePoints)} overwritten in the middle`);
        },
      },
      {
        title: 'A bad update breaks the system; WinRE starts and is detected',
        async run(report) {
          await applyBadUpdate(device.volume);
          session = await recoverySessionOf(office, binding);
          report.note(`session ${session.sessionId}`);
        },
      },
      {
        title: 'The check finds every restore point damaged',
        async run(report) {
          const points = await restorePointsOf(office, binding, 1);
          if (points.some(({ state }) => state !== 'damaged')) throw new RecoveryError('internal', 'the damage was not found');
          report.note(points.map(({ id, state, detail }) => `${id.slice(0, 8)} is ${state}: ${detail ?? ''}`).join(' · '));
        },
      },
      {
        title: 'The playbook escalates to a rebuild, with reasons; a second person approves',
        async run(report) {
          const run = runPlaybook({
            host: office.host, pluginId: office.plugin.id, device: binding, playbook, runId: 'B-recovery', requestedBy: people.operator.principal,
            approveWithinMs: 600_000, executeWithinMs: 600_000, ttlMs: 600_000, signal: AbortSignal.timeout(180_000),
            intentFor(step) {
              if (step.kind !== 'rebuild') return undefined;
              const attestation = { precheck: 'backup-recent', statement: 'user data is in the cloud drive, seen today', by: people.operator.principal, at: instantAt(systemClock.now()) };
              return { capability: 'winre.rebuild.trigger', tenantId, device: binding, offeringId: media.offering.id, attestations: [attestation] };
            },
            observe: async () => ({}),
            async requestApprovals(request) {
              report.note(`asked to approve ${request.intent.capability} on ${request.deviceId}`);
              return [await signDecision(request, people.approver, 'restore points are damaged, data is backed up')];
            },
          });
          const escalation: string[] = [];
          for await (const event of run) {
            if (event.type === 'decision' && event.decision.action === 'run-step') escalation.push(...event.decision.reasons);
            if (event.type === 'attempt') report.note(`${event.attempt.stepId} ${event.attempt.outcome}: ${event.attempt.reason}`);
            if (event.type === 'ended' && event.outcome !== 'done') throw new RecoveryError('internal', `the playbook ended with ${event.outcome}: ${event.reasons.join('; ')}`);
          }
          report.note(escalation.join('; '));
        },
      },
      {
        title: 'It is enrolled anew, validated, and equal to the golden volume',
        async run(report) {
          const after = await bindingOf(office, device);
          if (after.id !== binding.id || after.enrolmentEpoch === binding.enrolmentEpoch) throw new RecoveryError('internal', 'the device did not enrol again under its own name');
          const differing = differingPaths(media.manifest, await readManifest(device.volume));
          if (differing.length > 0) throw new RecoveryError('data-loss', `after the rebuild ${differing.length} entries differ: ${differing.slice(0, 5).join(', ')}`);
          const validated = validationOf(await office.host.operations.get('B-recovery:rebuild:1'));
          report.note(`validation: ${validated.map(({ id, state }) => `${id} ${state}`).join(', ')}; enrolment ${binding.enrolmentEpoch.slice(0, 8)}… became ${after.enrolmentEpoch.slice(0, 8)}…; ${media.manifest.size} entries compared, none differs`);
        },
      },
    ],
  };
}

/** The validation list of a rebuild, as the device sent it with its evidence. */
function validationOf({ report }: OperationSnapshot): readonly ValidationItem[] {
  const { device } = z.object({ device: z.object({ items: z.array(validationItemSchema) }) }).parse(report?.evidence?.detail);
  return device.items;
}

/** Overwrites a block in the middle of the largest file of a repository, as a dying disk would. */
async function damageLargestFile(folder: string): Promise<string> {
  const [largest] = await filesBySize(folder);
  if (!largest) throw new RecoveryError('not-found', `${folder} holds no file`);
  const file = await open(join(folder, largest.path), 'r+');
  try {
    await file.write(Buffer.alloc(4_096, 0xaa), 0, 4_096, Math.floor(largest.bytes / 2));
  } finally {
    await file.close();
  }
  return largest.path;
}
