import type { z } from 'zod';
import type { PluginManifest } from '../../contract/plugin.ts';
import type { StartRequest } from '../../contract/facets.ts';
import type { Device } from '../../schemas/device.ts';
import type { Intent } from '../../schemas/intent.ts';
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
  start(request: StartRequest, call: HostCall): Promise<OperationReport>;
  getOperation(handle: OperationHandle, call: HostCall): Promise<OperationReport>;
  watchOperation(handle: OperationHandle, call: HostCall): AsyncIterable<OperationReport>;
  cancelOperation(handle: OperationHandle, call: HostCall): Promise<'accepted' | 'too-late' | 'not-supported'>;
  reconcileOperation(handle: OperationHandle, call: HostCall): Promise<CheckedFinding>;
}
