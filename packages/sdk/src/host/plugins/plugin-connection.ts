import type { z } from 'zod';
import type { PluginManifest } from '../../contract/plugin.ts';
import type { StartRequest } from '../../contract/facets.ts';
import type { Device } from '../../schemas/device.ts';
import type { Intent, OperationCapability } from '../../schemas/intent.ts';
import type { OperationHandle, OperationReport } from '../../schemas/operation.ts';
import type { PlanDraft } from '../../schemas/plan.ts';
import type { HostCall } from '../call-options.ts';
import type { OpenedPlugin } from './opened-plugin.ts';
import type { reconcileFindingSchema } from './reply-schemas.ts';

export type CheckedFinding = z.output<typeof reconcileFindingSchema>;

/** An open plug-in as the host's own parts see it: the public wrapper, and the verbs that only the host may call. */
export interface PluginConnection {
  readonly opened: OpenedPlugin;
  readonly manifest: PluginManifest;
  getDevice(deviceId: string, call: HostCall): Promise<Device>;
  plan(intent: Intent, call: HostCall): Promise<PlanDraft>;
  /** Takes the quota of one start, which `start` itself does not. */
  admitStart(capability: OperationCapability, call: HostCall): Promise<void>;
  start(request: StartRequest, call: HostCall): Promise<OperationReport>;
  /** Whether the plug-in has not returned yet from starting the operation, though nobody may be waiting any more. */
  isStarting(operationKey: string): boolean;
  getOperation(handle: OperationHandle, call: HostCall): Promise<OperationReport>;
  watchOperation(handle: OperationHandle, call: HostCall): AsyncIterable<OperationReport>;
  cancelOperation(handle: OperationHandle, call: HostCall): Promise<'accepted' | 'too-late' | 'not-supported'>;
  reconcileOperation(handle: OperationHandle, call: HostCall): Promise<CheckedFinding>;
}
