import { z } from 'zod';

const action = {
  /** From the accepted request until the device fetches it. Default: 60,000. */
  pickUpAfterMs: z.number().min(0),
  /** From then until it has ended. Default: 120,000. */
  takesMs: z.number().min(0),
  /** Default: done. */
  outcome: z.enum(['done', 'failed', 'notSupported']),
};

const oneAction = z.strictObject(action).partial().optional();

/** How a device behaves. It is the machine's: a new enrolment of the same machine keeps it. */
export const deviceBehaviourSchema = z.strictObject({
  ...action,
  /** Actions that go another way. */
  byAction: z.strictObject({ wipe: oneAction, retire: oneAction, rebootNow: oneAction, syncDevice: oneAction, cleanWindowsDevice: oneAction, rotateBitLockerKeys: oneAction, initiateOnDemandProactiveRemediation: oneAction }),
  /** It fetches nothing until it is online again. */
  isOffline: z.boolean(),
  /** From the end of a wipe until the machine is enrolled anew, or never. Default: 1,800,000. The old object is there until then, and gone afterwards. */
  reenrolAfterMs: z.union([z.number().min(0), z.literal('never')]),
  /** What it reports of configurations that are assigned to it. Default: compliant. */
  configurationStatus: z.enum(['compliant', 'error', 'conflict', 'notApplicable', 'nonCompliant']),
  /** What script packages find and do. Default: the detection fails and the remediation works. Outputs are cut to 2,048 characters, as Intune does. */
  scriptOutcome: z.strictObject({
    detectionState: z.enum(['success', 'fail', 'scriptError', 'notApplicable']),
    remediationState: z.enum(['unknown', 'skipped', 'success', 'remediationFailed', 'scriptError']),
    output: z.string().optional(),
    error: z.string().optional(),
  }),
});

/** How a device behaves: what it does with actions, when it is away, what it reports. Milliseconds of the tenant's time. */
export type DeviceBehaviour = Readonly<z.infer<typeof deviceBehaviourSchema>>;

/** How one action goes. */
export type ActionBehaviour = Pick<DeviceBehaviour, 'pickUpAfterMs' | 'takesMs' | 'outcome'>;

/** A device that does what it is asked, in minutes. */
export const defaultBehaviour: DeviceBehaviour = {
  pickUpAfterMs: 60_000, takesMs: 120_000, outcome: 'done', byAction: {}, isOffline: false, reenrolAfterMs: 1_800_000, configurationStatus: 'compliant',
  scriptOutcome: { detectionState: 'fail', remediationState: 'success', output: 'repaired' },
};
