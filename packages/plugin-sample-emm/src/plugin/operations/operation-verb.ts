import { RecoveryError, type CallContext, type Device, type IntentOf, type OperationCapability, type OperationVerb, type PlanDraftInput } from '@winre-kit/sdk';
import { requireEnrolment } from '../devices/require-enrolment.ts';
import type { SampleEmm } from '../sample-emm.ts';
import { secretsOfIntent } from './intent-secrets.ts';
import { startOperation, startRequest } from './start-operation.ts';

/** What differs from verb to verb in a plan. */
export interface PlanFindings {
  readonly prechecks: PlanDraftInput['prechecks'];
  /** What happens to the device, in one sentence. */
  readonly description: string;
  readonly loss?: PlanDraftInput['loss'];
  readonly secretsInvalidated?: readonly string[];
  readonly notices?: PlanDraftInput['notices'];
  /** Members of the request that belong to what is approved, such as where the media of a rebuild come from. */
  readonly requestDetails?: Readonly<Record<string, unknown>>;
}

/** Looks at device and EMM and writes nothing. `device` is already known to be in the enrolment the intent names. */
export type PlanVerb<Capability extends OperationCapability> = (emm: SampleEmm, intent: IntentOf<Capability>, device: Device, call: CallContext) => Promise<PlanFindings>;

/** Plan and start of one capability: everything but the findings is the same for all of them. */
export function operationVerb<Capability extends OperationCapability>(emm: SampleEmm, planVerb: PlanVerb<Capability>): OperationVerb<Capability> {
  return {
    doPlan: (intent, context) => emm.gate.call(context, async (call) => {
      if (intent.tenantId !== emm.config.tenantId) {
        throw new RecoveryError('invalid-argument', `the intent is for tenant ${intent.tenantId}, this plug-in is configured for ${emm.config.tenantId}`, { fieldPath: 'tenantId' });
      }
      const device = await requireEnrolment(emm, intent.device, call);
      const { prechecks, description, loss, secretsInvalidated = [], notices = [], requestDetails = {} } = await planVerb(emm, intent, device, call);
      return {
        prechecks,
        blastRadius: { devices: 1, description },
        ...(loss ? { loss } : {}),
        secretsInvalidated: [...secretsInvalidated],
        quotaCost: [{ window: 'operations per minute', cost: 1 }],
        requests: [startRequest(emm, secretsOfIntent(intent, emm.config), requestDetails)],
        notices,
      };
    }),
    doStart: (request, context) => emm.gate.call(context, (call) => startOperation(emm, request, call)),
  };
}
