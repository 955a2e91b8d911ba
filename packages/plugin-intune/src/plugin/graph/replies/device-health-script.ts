import type { DeviceHealthScript, DeviceHealthScriptPolicyState, RemediationState, RunAsAccountType, RunState } from '@microsoft/microsoft-graph-types-beta';
import { z } from 'zod';
import { evolvable } from '../evolvable.ts';
import { flag, graphEntity, instant, text } from '../graph-entity.ts';

/** A script package of Intune (beta). It runs in the full operating system, never in WinRE. */
export const deviceHealthScriptSchema = graphEntity<DeviceHealthScript>()({
  id: z.string(),
  displayName: text,
  publisher: text,
  version: text,
  runAsAccount: evolvable(['system', 'user'] satisfies RunAsAccountType[]).nullish(),
  runAs32Bit: flag,
  enforceSignatureCheck: flag,
  isGlobalScript: flag,
  createdDateTime: instant,
  lastModifiedDateTime: instant,
});

/** How the last run of a script package went on one device (beta). Each output is cut at 2,048 characters; only the last run is kept. */
export const deviceHealthScriptStateSchema = graphEntity<DeviceHealthScriptPolicyState>()({
  id: z.string(),
  policyId: text,
  policyName: text,
  deviceId: text,
  detectionState: evolvable(['success', 'fail', 'scriptError', 'pending', 'notApplicable'] satisfies RunState[]).nullish(),
  remediationState: evolvable(['skipped', 'success', 'remediationFailed', 'scriptError'] satisfies RemediationState[]).nullish(),
  lastStateUpdateDateTime: instant,
  lastSyncDateTime: instant,
  expectedStateUpdateDateTime: instant,
  preRemediationDetectionScriptOutput: text,
  preRemediationDetectionScriptError: text,
  remediationScriptError: text,
  postRemediationDetectionScriptOutput: text,
  postRemediationDetectionScriptError: text,
});
