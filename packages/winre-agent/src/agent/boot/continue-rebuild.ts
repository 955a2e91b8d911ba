import { RecoveryError, type ErrorCode, type ValidationItem } from '@winre-kit/sdk';
import type { OperationResult } from '../operations/operation-handler.ts';
import { enrol } from '../enrol.ts';
import type { LedgerOperation } from '../state/ledger-view.ts';
import { reconnectDelayMs } from '../channel/reconnect-delay.ts';
import type { AgentCore } from './agent-boot.ts';
import type { BootCheckVerdict } from './boot-check.ts';

const enrolled = 'enrolled';
/** The gateway will not say anything else however often it is asked. */
const final: readonly ErrorCode[] = ['unauthenticated', 'enrolment-changed', 'permission-denied', 'invalid-argument', 'not-found', 'untrusted-payload'];

/**
 * Enrols a rebuilt device again with its continuity token, however long the gateway is out of reach.
 *
 * @returns what validation says about it
 */
export async function enrolAgain(core: AgentCore, { operationKey, phases }: LedgerOperation, signal: AbortSignal): Promise<ValidationItem> {
  const { clock, ledger, log, settings, randomBytes } = core;
  if (phases.includes(enrolled)) return passed(core);
  const token = await core.continuityToken.read(operationKey);
  if (!token) return { id: 're-enrolment', state: 'failed', detail: 'the continuity token is gone' };
  for (let failures = 1; ; failures += 1) {
    try {
      const former = core.enrolment.current;
      const record = await enrol({ ...core, former, caCertificatesPem: former.caCertificatesPem, tokenKind: 'continuity', token, stateGeneration: ledger.view.stateGeneration }, signal);
      await core.enrolment.save(record);
      await ledger.append({ entry: 'phase', operationKey, phase: enrolled });
      return passed(core);
    } catch (error) {
      signal.throwIfAborted();
      if (!RecoveryError.isInstance(error)) throw error;
      if (final.includes(error.code)) return { id: 're-enrolment', state: 'failed', detail: error.message };
      const delayMs = reconnectDelayMs(failures, (randomBytes(1)[0] ?? 0) / 256, settings.reconnect);
      log('warn', 'the rebuilt device cannot enrol yet', { code: error.code, reason: error.message, retryInMs: delayMs });
      await clock.sleep(delayMs, { signal });
    }
  }
}

function passed(core: AgentCore): ValidationItem {
  return { id: 're-enrolment', state: 'passed', detail: `enrolled again as ${core.enrolment.current.enrolmentEpoch}` };
}

/** The end of a rebuild: what was looked at, and whether all of it is well. Pure. */
export function judgeRebuild(operation: LedgerOperation, seen: { readonly boot: BootCheckVerdict; readonly enrolment: ValidationItem; readonly encryption: ValidationItem; readonly driversAvailable: boolean | undefined }): OperationResult {
  const items: readonly ValidationItem[] = [
    { id: 'boot', state: seen.boot.state, detail: seen.boot.detail },
    seen.enrolment,
    seen.encryption,
    { id: 'applications', state: 'passed', detail: 'the volume was compared with its media before the first start' },
    { id: 'user-data', state: 'not-applicable', detail: 'everything local was removed, as approved' },
    { id: 'drivers', state: seen.driversAvailable === undefined ? 'unknown' : seen.driversAvailable ? 'passed' : 'failed', detail: 'as the machine says' },
  ];
  const failures = items.filter(({ state }) => state === 'failed').map(({ id }) => id);
  const evidence = { kind: 'rebuild-validation', detail: { executionId: operation.executionId ?? '', items: items.map(({ id, state, detail }) => ({ id, state, detail })) } };
  if (failures.length > 0) return { state: 'failed', rawState: 'validation-failed', deviceCode: 'failed-precondition', message: `rebuilt, but not well: ${failures.join(', ')}`, evidence };
  return { state: 'succeeded', rawState: 'validated', message: 'rebuilt, enrolled again and validated', evidence };
}
