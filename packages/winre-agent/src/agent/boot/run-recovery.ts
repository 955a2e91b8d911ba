import type { Boot } from '../../platform/platform.ts';
import type { BootRequest } from '../operations/operation-runner.ts';
import { createAgentBoot, type AgentCore } from './agent-boot.ts';
import { runDuties } from './run-duties.ts';
import { sayFarewell } from './say-farewell.ts';
import { planSettlements, settleOperations } from './settle-operations.ts';

/** Recovery mode: announces a session and takes commands until one of them starts the machine anew. */
export async function runRecovery(core: AgentCore, boot: Boot, signal: AbortSignal): Promise<BootRequest> {
  await core.memory.failures.write({ count: 0 });
  const settlements = await planSettlements(core, boot, signal);
  for (const { settlement } of settlements) if (settlement.action === 'reboot') return settlement.request;
  const ended = new AbortController();
  const lifetime = AbortSignal.any([signal, ended.signal]);
  const current = createAgentBoot(core, boot, lifetime);
  settleOperations(current, settlements, lifetime);
  try {
    return await runDuties<BootRequest>(
      [
        async (stop) => current.services.link.run(stop) as Promise<never>,
        async (stop) => {
          const request = await current.runner.run(stop);
          await sayFarewell(current, stop);
          return request;
        },
      ],
      signal,
    );
  } finally {
    ended.abort();
  }
}
