import type { DeviceBinding } from '@winre-kit/sdk';
import { runPlaybook, type Host, type Playbook } from '@winre-kit/sdk/host';
import type { Approver } from './invite-approver.ts';

const dayMs = 86_400_000;

// #region playbook
const brokenBoot: Playbook = { id: 'broken-boot', version: '1', steps: [
  { id: 'native', kind: 'wait-for-native-qmr', timeLimitMs: 1_800_000, maxAttempts: 1 },
  { id: 'restore', kind: 'restore', timeLimitMs: dayMs, maxAttempts: 2 },
  { id: 'rebuild', kind: 'rebuild', timeLimitMs: dayMs, maxAttempts: 1 },
] };
// #endregion

/** Recovers a device from evidence; gives the reasons with which it ended. */
export async function followPlaybook(host: Host, pluginId: string, device: DeviceBinding, ada: Approver, signal: AbortSignal): Promise<readonly string[]> {
  const destination = { tenantId: 'tenant-1', device };
  // #region run
  const run = runPlaybook({
    host, pluginId, device, playbook: brokenBoot, runId: 'run-1', requestedBy: 'olivia@example.com', approveWithinMs: dayMs, executeWithinMs: dayMs, ttlMs: dayMs, signal,
    intentFor(step, { restorePointId }) {
      if (step.kind === 'restore') return { capability: 'winre.restore.trigger', ...destination, restorePointId, safetySnapshot: true };
      return step.kind === 'rebuild' ? { capability: 'winre.rebuild.trigger', ...destination, offeringId: 'offering-1' } : undefined;
    },
    observe: async () => ({}), // nothing that the host could not see itself
    requestApprovals: async (request) => [await ada.sign(request)],
  });
  for await (const event of run) {
    if (event.type === 'decision') console.log(event.decision.action, event.decision.reasons);
    if (event.type === 'ended') return [event.outcome, ...event.reasons];
  }
  // #endregion
  return ['stopped'];
}
