import { instantAt, signScript, type OperationReport, type ScriptManifest } from '@winre-kit/sdk';
import { expect, test } from 'vitest';
import { systemClock } from '../src/agent/system-clock.ts';
import { approve, clockAt, openAgentBench, outcomeOf } from './agent-bench.ts';
import { tenantId } from './gateway-bench.ts';
import { deviceInRecovery } from './test-agent.ts';

const years = 5 * 365 * 86_400_000;
const manifest: Omit<ScriptManifest, 'sha256'> = { name: 'look', interpreter: 'sh', successExitCodes: [0], timeoutMs: 1_000, maxOutputBytes: 1_000 };

test('a device whose clock is years ahead judges by signed time', async () => {
  await using earlier = await openAgentBench({ clock: clockAt(-years) });
  await using recovering = await deviceInRecovery(earlier, 'ahead');
  const push = async (operationKey: string, issuedAtMs: number): Promise<OperationReport> => {
    const script = await signScript({ content: 'echo ran', manifest }, { tenantId, issuedAt: instantAt(issuedAtMs), expiresAt: instantAt(issuedAtMs + 3_600_000) }, earlier.scriptSigner.signer);
    await earlier.gateway.submitOperation(await approve(earlier, operationKey, { capability: 'winre.script.push', tenantId, device: recovering.device, script }));
    return outcomeOf(earlier, operationKey);
  };
  // Long expired by the device's own clock.
  expect(await push('ahead-1', earlier.clock.now() - 60_000)).toMatchObject({ state: 'succeeded', stdout: { text: 'ran\n' } });
  // Valid by the device's own clock.
  expect(await push('ahead-2', systemClock.now() - 60_000)).toMatchObject({ state: 'failed', deviceCode: 'untrusted-payload' });
});
