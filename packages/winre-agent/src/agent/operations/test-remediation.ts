import { instantAt } from '@winre-kit/sdk';
import type { AgentServices } from '../agent-services.ts';
import type { PrepareOperation } from './operation-handler.ts';

/** Runs the test mode of native remediation and remembers what it said for later questions. */
export function prepareRemediationTest(services: AgentServices): PrepareOperation<'winre.remediation.test'> {
  return async () => async () => {
    const { state, detail } = await services.platform.testRemediation();
    await services.remediation.write({ state, detail, observedAt: instantAt(services.link.gatewayTimeMs() ?? services.clock.now()) });
    if (state === 'test-failed') return { state: 'failed', rawState: state, message: detail };
    return { state: 'succeeded', rawState: state, message: detail, evidence: { kind: 'remediation-test', detail: { detail } } };
  };
}
