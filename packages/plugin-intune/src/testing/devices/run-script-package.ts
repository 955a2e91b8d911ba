import { instantOf } from '../state/instant.ts';
import type { DeviceRecord } from '../state/managed-device.ts';
import type { TenantState } from '../state/tenant-state.ts';

/** Intune keeps no more of a script's output. */
const maxOutputCharacters = 2_048;

/** A script package runs on a device, as its behaviour says, and its state is reported. A package that is gone runs nowhere. */
export function runScriptPackage(tenant: TenantState, scriptId: string, record: DeviceRecord, nowMs: number): void {
  const script = tenant.healthScripts.peek(scriptId);
  if (!script) return;
  const { detectionState, remediationState, output = '', error = '' } = record.behaviour.scriptOutcome;
  const hasRun = remediationState !== 'skipped' && remediationState !== 'unknown';
  script.runStates.set(record.id, {
    id: `${scriptId}:${record.id}`, detectionState, remediationState,
    lastStateUpdateDateTime: instantOf(nowMs), lastSyncDateTime: instantOf(nowMs), expectedStateUpdateDateTime: null,
    preRemediationDetectionScriptOutput: output.slice(0, maxOutputCharacters),
    preRemediationDetectionScriptError: detectionState === 'scriptError' ? error.slice(0, maxOutputCharacters) : '',
    remediationScriptError: hasRun ? error.slice(0, maxOutputCharacters) : '',
    postRemediationDetectionScriptOutput: hasRun ? output.slice(0, maxOutputCharacters) : '',
    postRemediationDetectionScriptError: '',
    assignmentFilterIds: null,
  });
}
