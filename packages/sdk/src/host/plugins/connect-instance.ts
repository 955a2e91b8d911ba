import { RecoveryError } from '../../errors/recovery-error.ts';
import type { CapabilityDescriptor } from '../../contract/capability-descriptor.ts';
import type { CapabilityId } from '../../contract/capability-floors.table.ts';
import type { OperationVerb, PolicyVerb } from '../../contract/facets.ts';
import type { PluginInstance, PluginManifest } from '../../contract/plugin.ts';
import { sessionEventSchema } from '../../contract/session-event.ts';
import { deviceQuerySchema, deviceSchema } from '../../schemas/device.ts';
import type { OperationCapability } from '../../schemas/intent.ts';
import { networkStatusSchema } from '../../schemas/network.ts';
import { operationReportSchema } from '../../schemas/operation.ts';
import { planDraftSchema } from '../../schemas/plan.ts';
import { rebuildOfferingSchema } from '../../schemas/rebuild.ts';
import { remediationOutcomeSchema, remediationPolicySchema } from '../../schemas/remediation.ts';
import { restorePointSchema, restorePolicySchema } from '../../schemas/restore.ts';
import { recoverySessionSchema } from '../../schemas/session.ts';
import type { z } from 'zod';
import { parseOrThrow } from '../../errors/parse-or-throw.ts';
import type { JsonValue } from '../../schemas/primitives.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { OpenedPlugin, OpenedPolicy } from './opened-plugin.ts';
import { operationVerbOf } from './operation-verb-of.ts';
import type { PluginConnection } from './plugin-connection.ts';
import type { PluginGate } from './plugin-gate.ts';
import { artifactReferenceSchema, bytesSchema, cancelReplySchema, deviceCapabilitiesSchema, escrowStatusSchema, probeReportSchema, reconcileFindingSchema, storedSettingSchema } from './reply-schemas.ts';

export interface InstanceParts {
  readonly definition: { readonly id: string; readonly version: string; readonly displayName: string };
  readonly specVersion: string;
  readonly descriptor: CapabilityDescriptor;
  readonly descriptorHash: string;
  readonly manifest: PluginManifest;
  readonly instance: PluginInstance;
  readonly gate: PluginGate;
  readonly audit: AuditLog;
  /** Ends what the instance was lent; called once, when it is closed for good. */
  close(): Promise<void>;
  drain(deadlineMs: number): Promise<void>;
}

/** Puts an instance behind its gate: one line per verb. */
export function connectInstance(parts: InstanceParts): PluginConnection {
  const { instance, gate, descriptor } = parts;
  const { operations } = instance;
  const starting = new Set<string>();
  const policyOf = <Schema extends z.ZodType>(capability: CapabilityId, schema: Schema, find: () => PolicyVerb<z.output<Schema>> | undefined): OpenedPolicy<z.output<Schema>> => ({
    get: (device, options) => gate.call({ capability, verb: 'get', reply: schema.optional(), options }, (context) => need(find(), capability).doGet(device, context)),
    set: (device, policy, options) => gate.call({ capability, verb: 'set', reply: storedSettingSchema, options }, async (context) => {
      const checked = parseOrThrow(schema, policy, `${capability} of device ${device.id}`);
      // Before the vendor is asked: what cannot be written down is not done.
      await parts.audit.append({ kind: 'policy.set', actor: 'host', subject: { pluginId: parts.definition.id, deviceId: device.id }, message: `${capability} is set`, facts: { capability, policy: checked as JsonValue } });
      return need(find(), capability).doSet(device, checked, context);
    }),
  });
  const verb = (capability: OperationCapability): OperationVerb<OperationCapability> => need(operationVerbOf(instance, capability), capability);

  const opened: OpenedPlugin = {
    id: parts.definition.id,
    version: parts.definition.version,
    displayName: parts.definition.displayName,
    specVersion: parts.specVersion,
    descriptor,
    descriptorHash: parts.descriptorHash,
    probe: (options) => gate.call({ capability: undefined, verb: 'probe', reply: probeReportSchema, options }, (context) => instance.probe(context)),
    capabilitiesFor: (device, options) => gate.call({ capability: undefined, verb: 'capabilitiesFor', reply: deviceCapabilitiesSchema, options }, (context) => instance.capabilitiesFor(device, context)),
    devices: {
      list: (request = {}, options) => gate.stream({ capability: 'winre.devices', verb: 'list', reply: deviceSchema, options }, (context) => need(instance.devices, 'winre.devices').doList(request, context)),
      get: (deviceId, options) => gate.call({ capability: 'winre.devices', verb: 'get', reply: deviceSchema, options }, (context) => need(instance.devices, 'winre.devices').doGet(deviceId, context)),
      resolve: (query, options) => gate.call({ capability: 'winre.devices', verb: 'resolve', reply: deviceSchema.optional(), options }, (context) => need(instance.devices, 'winre.devices').doResolve(parseOrThrow(deviceQuerySchema, query, 'device query'), context)),
    },
    sessions: {
      watch: (request = {}, options) => gate.stream({ capability: 'winre.session.detect', verb: 'watch', reply: sessionEventSchema, options }, (context) => need(instance.sessions, 'winre.session.detect').doWatch(request, context)),
      list: (options) => gate.stream({ capability: 'winre.session.detect', verb: 'list', reply: recoverySessionSchema, options }, (context) => need(instance.sessions, 'winre.session.detect').doList(context)),
      get: (sessionId, options) => gate.call({ capability: 'winre.session.detect', verb: 'get', reply: recoverySessionSchema, options }, (context) => need(instance.sessions, 'winre.session.detect').doGet(sessionId, context)),
    },
    network: {
      current: (device, options) => gate.call({ capability: 'winre.network.configure', verb: 'current', reply: networkStatusSchema, options }, (context) => need(instance.network, 'winre.network.configure').doCurrent(device, context)),
    },
    restore: {
      policy: policyOf('winre.restore.policy', restorePolicySchema, () => instance.restore?.policy),
      listPoints: (device, options) => gate.stream({ capability: 'winre.restore.points', verb: 'listPoints', reply: restorePointSchema, options }, (context) => {
        const restore = need(instance.restore, 'winre.restore.points');
        return need(restore.doListPoints?.bind(restore), 'winre.restore.points')(device, context);
      }),
    },
    rebuild: {
      listOfferings: (device, options) => gate.stream({ capability: 'winre.rebuild.trigger', verb: 'listOfferings', reply: rebuildOfferingSchema, options }, (context) => need(instance.rebuild, 'winre.rebuild.trigger').doListOfferings(device, context)),
    },
    remediation: {
      policy: policyOf('winre.remediation.policy', remediationPolicySchema, () => instance.remediation?.policy),
      outcome: (device, options) => gate.call({ capability: 'winre.remediation.outcome', verb: 'outcome', reply: remediationOutcomeSchema, options }, (context) => {
        const remediation = need(instance.remediation, 'winre.remediation.outcome');
        return need(remediation.doOutcome?.bind(remediation), 'winre.remediation.outcome')(device, context);
      }),
    },
    recoveryKeys: {
      escrowStatus: (device, options) => gate.call({ capability: 'winre.keys.escrow', verb: 'escrowStatus', reply: escrowStatusSchema, options }, (context) => {
        const keys = need(instance.recoveryKeys, 'winre.keys.escrow');
        return need(keys.doEscrowStatus?.bind(keys), 'winre.keys.escrow')(device, context);
      }),
    },
    artifacts: {
      list: (device, options) => gate.stream({ capability: 'winre.artifacts', verb: 'list', reply: artifactReferenceSchema, options }, (context) => need(instance.artifacts, 'winre.artifacts').doList(device, context)),
      read: (artifactId, options) => gate.stream({ capability: 'winre.artifacts', verb: 'read', reply: bytesSchema, options }, (context) => need(instance.artifacts, 'winre.artifacts').doRead(artifactId, context)),
    },
    operations: {
      list: (request = {}, options) => gate.stream({ capability: undefined, verb: 'operations.list', reply: operationReportSchema, options }, (context) => operations.doList(request, context)),
    },
    drain: (deadlineMs) => parts.drain(deadlineMs),
    [Symbol.asyncDispose]: () => parts.close(),
  };

  return {
    opened,
    manifest: parts.manifest,
    getDevice: (deviceId, options) => opened.devices.get(deviceId, options),
    plan: (intent, options) => gate.call({ capability: intent.capability, verb: 'plan', reply: planDraftSchema, options }, (context) => verb(intent.capability).doPlan(intent, context)),
    admitStart: (capability, options) => gate.admit(capability, options),
    start: (request, options) => gate.call({ capability: request.intent.capability, verb: 'start', reply: operationReportSchema, options, admitted: true }, async (context) => {
      starting.add(request.operationKey);
      try {
        return await verb(request.intent.capability).doStart(request, context);
      } finally {
        starting.delete(request.operationKey);
      }
    }),
    isStarting: (operationKey) => starting.has(operationKey),
    getOperation: (handle, options) => gate.call({ capability: undefined, verb: 'operations.get', reply: operationReportSchema, options }, (context) => operations.doGet(handle, context)),
    watchOperation: (handle, options) => gate.stream({ capability: undefined, verb: 'operations.watch', reply: operationReportSchema, options }, (context) => operations.doWatch(handle, context)),
    cancelOperation: (handle, options) => gate.call({ capability: undefined, verb: 'operations.cancel', reply: cancelReplySchema, options }, (context) => operations.doCancel(handle, context)),
    reconcileOperation: (handle, options) => gate.call({ capability: undefined, verb: 'operations.reconcile', reply: reconcileFindingSchema, options }, (context) => operations.doReconcile(handle, context)),
  };
}

/** `judgeFacets` has made sure that what is claimed is there; this says so to the compiler. */
function need<Member>(member: Member | undefined, capability: CapabilityId): Member {
  if (member === undefined) throw new RecoveryError('unsupported', `the plug-in has no verb for this part of ${capability}`, { facts: { capability } });
  return member;
}
