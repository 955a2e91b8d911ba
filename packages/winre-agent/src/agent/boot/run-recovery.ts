import type { Boot } from '../../platform/platform.ts';
import type { BootRequest } from '../operations/operation-runner.ts';
import type { AgentCore } from './agent-boot.ts';
import { runBoot } from './run-boot.ts';
import { planSettlements } from './settle-operations.ts';

/** Recovery mode: announces a session and takes commands until one of them starts the machine anew. */
export async function runRecovery(core: AgentCore, boot: Boot, signal: AbortSignal): Promise<BootRequest> {
  await core.memory.failures.write({ count: 0 });
  const settlements = await planSettlements(core, boot, signal);
  for (const { settlement } of settlements) if (settlement.action === 'reboot') return settlement.request;
  return runBoot(core, boot, settlements, () => [], signal);
}
