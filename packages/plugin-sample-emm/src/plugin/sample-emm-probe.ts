import { instantAt, RecoveryError, type CallContext, type ProbeReport } from '@winre-kit/sdk';
import { z } from 'zod';
import type { SampleEmmClient } from './sample-emm-client.ts';
import type { SampleEmmConfig } from './sample-emm-config.ts';
import type { SampleEmm } from './sample-emm.ts';

const callerSchema = z.looseObject({ tenantId: z.string(), role: z.string(), permissions: z.array(z.string()), trustConfigured: z.boolean() });
type Caller = z.output<typeof callerSchema>;

function readCaller(client: SampleEmmClient, call: CallContext): Promise<Caller> {
  return client.read({ path: '/caller', reply: callerSchema, doing: 'asking the EMM who we are' }, call);
}

/** @throws {RecoveryError} `unauthenticated`, `unavailable`, or `invalid-config` when the token is of another tenant */
export async function requireWorkingConfig(client: SampleEmmClient, config: SampleEmmConfig, call: CallContext): Promise<Caller> {
  const caller = await readCaller(client, call);
  if (caller.tenantId === config.tenantId) return caller;
  throw new RecoveryError('invalid-config', `the token is of tenant ${caller.tenantId}, the configuration says ${config.tenantId}`, { fieldPath: 'tenantId' });
}

/** Looks whether the EMM answers, the token works, and what its role lacks. */
export async function probeSampleEmm({ client, config, clock }: SampleEmm, call: CallContext): Promise<ProbeReport> {
  const nextProbeAfterMs = 60_000;
  let caller: Caller;
  try {
    caller = await requireWorkingConfig(client, config, call);
  } catch (error) {
    if (!RecoveryError.isInstance(error)) throw error;
    return { state: 'failed', checks: [{ id: 'admin-api', passed: false, detail: error.message }], observedAt: instantAt(clock.now()), nextProbeAfterMs };
  }
  const starts = caller.permissions.includes('operations.start') && caller.permissions.includes('operations.start-destructive');
  const checks = [
    { id: 'admin-api', passed: true, detail: `the EMM knows us as ${caller.role} of tenant ${caller.tenantId}` },
    { id: 'role', passed: starts, detail: starts ? 'the role may start every operation' : `the role ${caller.role} may not start operations` },
    { id: 'trust', passed: caller.trustConfigured, detail: caller.trustConfigured ? 'approvers and gateway are registered' : 'no approver is registered: set up trust before devices enrol' },
  ];
  return { state: checks.every(({ passed }) => passed) ? 'ready' : 'degraded', checks, observedAt: instantAt(clock.now()), nextProbeAfterMs };
}
