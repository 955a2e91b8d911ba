import { instantAt, isTerminalState, signApproval, signScript, type OperationSnapshot, type RecoveryPlan, type RecoverySession } from '@winre-kit/sdk';
import { approvalStatementFor, systemClock } from '@winre-kit/sdk/host';
import { expect } from 'vitest';
import { tenantId } from '../emm-world.ts';
import type { FaultDevice } from './fault-device.ts';
import type { FaultWorld } from './fault-world.ts';
import { breakVolume, readManifest } from './small-volume.ts';

/** Longer than anything here takes; a hang fails with the name of what was waited for. */
export const patience = (): AbortSignal => AbortSignal.timeout(60_000);
export const operator = 'olivia@contoso.example';

/** Waits until the host sees the device live in WinRE. */
export async function sessionOf({ opened: { host } }: FaultWorld, device: FaultDevice): Promise<RecoverySession> {
  for await (const { state, session } of host.sessions.watch({ deviceId: device.binding.id, signal: patience() })) if (state === 'live') return session;
  throw new RangeError(`no session of ${device.name}`);
}

/** Breaks the volume and starts the agent, which finds out by itself. */
export async function intoRecovery(world: FaultWorld, device: FaultDevice, ...holdAt: readonly string[]): Promise<RecoverySession> {
  await breakVolume(device.volume);
  device.start(...holdAt);
  return sessionOf(world, device);
}

/** Plans, submits and, where a second person has to, approves. Nothing is sent. */
export async function approved({ opened: { host, pluginId }, approver }: FaultWorld, operationKey: string, intent: object): Promise<RecoveryPlan> {
  const plan = await host.plan(pluginId, intent, { signal: patience() });
  const until = instantAt(systemClock.now() + 600_000);
  const { state } = await host.submit(plan, { operationKey, requestedBy: operator, approveBy: until, executeBy: until, ttlMs: 600_000 });
  if (state !== 'awaiting-approval') return plan;
  const statement = approvalStatementFor(await host.approvalRequest(operationKey), { decision: 'approve', decidedAt: instantAt(systemClock.now()), reason: 'read' });
  await host.approve(operationKey, await signApproval(statement, approver.signer));
  return plan;
}

export async function approvedRestore(world: FaultWorld, device: FaultDevice, operationKey: string): Promise<RecoveryPlan> {
  const { restorePointId } = world;
  return approved(world, operationKey, { capability: 'winre.restore.trigger', tenantId, device: device.binding, restorePointId, safetySnapshot: true });
}

/** Waits for the operation's end; starts it again where reconciling proved that it never arrived. */
export async function endOf({ opened: { host } }: FaultWorld, operationKey: string): Promise<OperationSnapshot> {
  const signal = patience();
  for (;;) {
    for await (const snapshot of host.watch(operationKey, { signal })) {
      if (isTerminalState(snapshot.state)) return snapshot;
      if (snapshot.state === 'unknown' && snapshot.reason.startsWith('absent')) break;
    }
    await host.start(operationKey, { signal });
  }
}

/** Waits until the operation is in a state with a reason. */
export async function untilState({ opened: { host } }: FaultWorld, operationKey: string, isThere: (snapshot: OperationSnapshot) => boolean): Promise<OperationSnapshot> {
  for await (const snapshot of host.watch(operationKey, { signal: patience() })) if (isThere(snapshot)) return snapshot;
  throw new RangeError(`${operationKey} ended otherwise: ${JSON.stringify(await host.operations.get(operationKey))}`);
}

/** Everybody is killed and started once more: the outcome stays, and nothing happens a second time. */
export async function staysWell(world: FaultWorld, device: FaultDevice, operationKey: string, { volume = world.good, executions = 1 }: { readonly volume?: Record<string, string>; readonly executions?: number } = {}): Promise<void> {
  const before = await world.opened.host.operations.get(operationKey);
  await Promise.all([device.agent.kill(), world.closeHost()]);
  await Promise.all([device.startAgain(), world.openHost()]);
  expect(await world.opened.host.recover({ signal: patience() })).toEqual([]);
  expect(await world.opened.host.operations.get(operationKey)).toMatchObject({ state: before.state, reason: before.reason });
  expect(await readManifest(device.volume)).toEqual(volume);
  expect(world.witness.executionsOf(operationKey)).toBe(executions);
}

/** Opens the host anew so that something happens right before the next start is sent, or right after it was acknowledged. */
export async function reopenHost(world: FaultWorld, moments: { readonly beforeStart?: () => Promise<void>; readonly afterStart?: () => Promise<void> }): Promise<void> {
  await world.closeHost();
  let isSent = false;
  await world.openHost({
    wrapFetch: (fetch) => async (url, init) => {
      const isStart = !isSent && init?.method === 'POST' && String(url).endsWith('/operations');
      isSent ||= isStart;
      if (isStart) await moments.beforeStart?.();
      const response = await fetch(url, init);
      if (isStart) await moments.afterStart?.();
      return response;
    },
  });
}

/** Kills the agent and makes sure that the EMM knows, so that it hands nothing to the dead one. */
export async function agentGone(world: FaultWorld, device: FaultDevice): Promise<void> {
  await device.agent.kill();
  // After this round trip the EMM has seen the end of the agent's connection.
  await world.admin('GET', '/caller');
}

/** A signed script, ready to be planned. */
export async function scriptIntent({ scriptSigner }: FaultWorld, { binding }: FaultDevice, content: string): Promise<object> {
  const nowMs = systemClock.now();
  const manifest = { name: 'look-around', interpreter: 'sh' as const, successExitCodes: [0], timeoutMs: 60_000, maxOutputBytes: 1_000_000 };
  const script = await signScript({ content, manifest }, { tenantId, issuedAt: instantAt(nowMs - 60_000), expiresAt: instantAt(nowMs + 3_600_000) }, scriptSigner.signer);
  return { capability: 'winre.script.push', tenantId, device: binding, script };
}
