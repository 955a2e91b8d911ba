import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { approve, breakVolume, digestTree, openAgentBench, outcomeOf, sessionOf, type AgentBench } from './agent-bench.ts';
import { agentOf, enrolMachine, makeMachine, runAgent, startMachineAnew, startProgram } from './test-agent.ts';
import { tenantId } from './gateway-bench.ts';

let bench: AgentBench;
beforeAll(async () => {
  bench = await openAgentBench();
});
afterAll(async () => bench[Symbol.asyncDispose]());

const signal = AbortSignal.timeout(60_000);

/** Kills a real agent process in the middle of a restore, starts another agent, and says what became of the volume and of the operation. */
async function killedRestore(name: string, environment: Record<string, string>, powerCut = false): Promise<{ readonly volume: 'as-restored' | 'untouched' | 'between'; readonly state: string; readonly effects: number; readonly sameExecution: boolean }> {
  const machine = await makeMachine(bench, name);
  const agent = await agentOf(bench, machine);
  await enrolMachine(bench, machine, agent);
  const { id: restorePointId } = await agent.takeRestorePoint({ signal });
  const good = await digestTree(machine.volume);
  await breakVolume(machine.volume);
  const broken = await digestTree(machine.volume);
  const device = { id: machine.deviceId, enrolmentEpoch: machine.enrolmentEpoch };
  await using killed = startProgram(['run', '--config', machine.configFile], '', environment);
  await sessionOf(bench, machine.deviceId);
  const { loss } = await bench.gateway.query(machine.deviceId, { kind: 'restore-preview', restorePointId }, { signal });
  await bench.gateway.submitOperation(await approve(bench, name, { capability: 'winre.restore.trigger', tenantId, device, restorePointId, safetySnapshot: true }, { lossDigest: loss.digest }));
  expect(await killed.exited).toEqual([null, 'SIGKILL']);
  if (powerCut) await startMachineAnew(machine);
  await using open = new AsyncDisposableStack();
  open.use(runAgent(await agentOf(bench, machine)));
  const { state, evidence } = await outcomeOf(bench, name);
  const now = JSON.stringify(await digestTree(machine.volume));
  const effects = bench.witnessed.filter(({ operationKey }) => operationKey === name);
  const { executionId } = (evidence?.detail ?? {}) as { executionId?: string };
  return { volume: now === JSON.stringify(good) ? 'as-restored' : now === JSON.stringify(broken) ? 'untouched' : 'between', state, effects: effects.length, sameExecution: effects[0]?.executionId === executionId };
}

describe.concurrent('a restore that is killed has one effect and a whole volume', () => {
  const once = { volume: 'as-restored', state: 'succeeded', effects: 1, sameExecution: true };

  for (const [step, entry] of ['received', 'started', 'witnessed', 'rolled-back', 'finished'].entries()) {
    test(`after the ledger entry ${entry}`, async () => {
      expect(await killedRestore(`after-${entry}`, { DIE_AT_LEDGER_STEP: String(step + 1) })).toEqual(once);
    });
  }
  for (const write of [2, 5]) {
    test(`before change ${write} of the volume`, async () => {
      expect(await killedRestore(`write-${write}`, { DIE_AT_VOLUME_WRITE: String(write) })).toEqual(once);
    });
  }

  test('in the middle, by a power cut: what was begun is finished', async () => {
    expect(await killedRestore('cut-halfway', { DIE_AT_VOLUME_WRITE: '4' }, true)).toEqual(once);
  });

  test('before its first change, by a power cut: others may have written since, so it is not repeated', async () => {
    expect(await killedRestore('cut-early', { DIE_AT_LEDGER_STEP: '2' }, true)).toMatchObject({ volume: 'untouched', state: 'failed', effects: 0 });
  });
});
