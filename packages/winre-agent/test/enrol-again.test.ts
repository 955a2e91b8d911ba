import { createSimulatedPlatform, linuxInterpreters, linuxProcessRules, simulatedPlatformConfigSchema } from '../src/agent/index.ts';
import { enrol } from '../src/agent/enrol.ts';
import { enrolmentFile, type EnrolmentRecord } from '../src/agent/state/enrolment-record.ts';
import { systemClock } from '../src/agent/system-clock.ts';
import { signTrustUpdate } from '../src/protocol/index.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAgentBench, type AgentBench } from './agent-bench.ts';
import { createPerson, randomBytes, tenantId } from './gateway-bench.ts';
import { agentOf, enrolMachine, makeMachine } from './test-agent.ts';

let bench: AgentBench;
beforeAll(async () => {
  bench = await openAgentBench();
});
afterAll(async () => bench[Symbol.asyncDispose]());

/** Enrols a machine, and then again as a rebuild does. */
async function enrolAgain(name: string, meanwhile: (former: EnrolmentRecord) => Promise<void>): Promise<EnrolmentRecord> {
  const machine = await makeMachine(bench, name);
  await enrolMachine(bench, machine, await agentOf(bench, machine));
  const former = await enrolmentFile(machine.stateFolder).read();
  if (!former) throw new RangeError('not enrolled');
  const platform = await createSimulatedPlatform(simulatedPlatformConfigSchema.parse(machine.config.platform), { randomBytes, processRules: linuxProcessRules(''), interpreters: linuxInterpreters });
  await meanwhile(former);
  return enrol({
    platform, stateFolder: machine.stateFolder, gatewayUrl: bench.url, caCertificatesPem: former.caCertificatesPem, clock: systemClock, randomBytes,
    tokenKind: 'one-time', token: await bench.issueToken(), stateGeneration: former.stateGeneration, former,
  }, AbortSignal.timeout(10_000));
}

test('a back end in wrong hands gets no key onto a device by way of a rebuild', async () => {
  const eve = await createPerson('eve', 'approve');
  const again = await enrolAgain('pinned', async () => bench.alterReply('/winre/v1/enrol', (reply) => ({ ...reply, trustedKeys: [...(reply['trustedKeys'] as object[]), eve.key], trustSequence: 7, caCertificatesPem: ['-----BEGIN CERTIFICATE-----'] })));
  expect(again.trustedKeys.map(({ principal }) => principal)).toEqual(['gateway', 'ada', 'sam']);
  expect(again).toMatchObject({ trustSequence: 0, caCertificatesPem: [bench.caPem] });
});

test('an answer for another device is refused', async () => {
  await expect(enrolAgain('mistaken', async () => bench.alterReply('/winre/v1/enrol', (reply) => ({ ...reply, deviceId: 'another' })))).rejects.toMatchObject({ code: 'untrusted-payload', facts: { reason: 'other-subject' } });
});

test('what approvers changed while the device was rebuilt is followed', async () => {
  const grace = await createPerson('grace', 'approve');
  const again = await enrolAgain('following', async () =>
    bench.gateway.applyTrustUpdate(tenantId, await signTrustUpdate({ kind: 'winre-trust-update/v1', tenantId, sequence: 1, addKeys: [grace.key], removeKeyIds: [] }, bench.approver.signer)));
  expect(again.trustedKeys.map(({ principal }) => principal)).toContain('grace');
  expect(again.trustSequence).toBe(1);
});
