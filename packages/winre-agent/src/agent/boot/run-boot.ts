import type { Boot } from '../../platform/platform.ts';
import type { BootRequest } from '../operations/operation-runner.ts';
import { createAgentBoot, type AgentBoot, type AgentCore } from './agent-boot.ts';
import { runDuties, type Duty } from './run-duties.ts';
import { sayFarewell } from './say-farewell.ts';
import { settleOperations, type OpenSettlement } from './settle-operations.ts';

/**
 * What both modes do for one start of the machine: talk to the gateway and work on operations, until one of them, or another duty, starts it anew.
 *
 * @param settlements what earlier runs left open
 * @param moreDuties what this mode does besides
 */
export async function runBoot(core: AgentCore, boot: Boot, settlements: readonly OpenSettlement[], moreDuties: (current: AgentBoot) => readonly Duty<BootRequest>[], signal: AbortSignal): Promise<BootRequest> {
  const ended = new AbortController();
  const lifetime = AbortSignal.any([signal, ended.signal]);
  const current = createAgentBoot(core, boot, lifetime);
  settleOperations(current, settlements, lifetime);
  const converse: Duty<BootRequest> = async (stop) => current.services.link.run(stop) as Promise<never>;
  const operate: Duty<BootRequest> = async (stop) => {
    const request = await current.runner.run(stop);
    await sayFarewell(current, stop);
    return request;
  };
  try {
    return await runDuties([converse, operate, ...moreDuties(current)], signal);
  } finally {
    ended.abort();
  }
}
