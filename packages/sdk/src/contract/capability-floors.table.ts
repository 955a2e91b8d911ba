import type { Effect, Reversibility } from '../schemas/effect.ts';

interface CapabilityFloor {
  /** The instance facet that carries it. */
  readonly facet: FacetName;
  /** The least effect a plug-in may declare. */
  readonly effect: Effect;
  /** The least irreversibility a plug-in may declare. */
  readonly reversibility: Reversibility;
  /** Signatures by people other than the requester, at least. */
  readonly approvals: number;
  readonly meaning: string;
}

/** The optional members of an instance. */
export type FacetName = 'devices' | 'sessions' | 'scripts' | 'packages' | 'network' | 'restore' | 'rebuild' | 'remediation' | 'recoveryKeys' | 'artifacts';

/**
 * Every capability of spec v1 and its floor: what a plug-in may not weaken, whatever its descriptor says.
 * @see docs/design/plugin-contract.md#capability-descriptor
 */
export const capabilityFloors = {
  'winre.devices': { facet: 'devices', effect: 'read', reversibility: 'reversible', approvals: 0, meaning: 'List and find managed devices' },
  'winre.session.detect': { facet: 'sessions', effect: 'read', reversibility: 'reversible', approvals: 0, meaning: 'Know when a device is in WinRE' },
  'winre.session.logs': { facet: 'sessions', effect: 'read', reversibility: 'reversible', approvals: 0, meaning: 'Read the log of a session while it runs' },
  'winre.session.enter': { facet: 'sessions', effect: 'write', reversibility: 'reversible', approvals: 0, meaning: 'Boot a device into WinRE' },
  'winre.session.exit': { facet: 'sessions', effect: 'write', reversibility: 'reversible', approvals: 0, meaning: 'Leave WinRE and boot the operating system' },
  'winre.script.push': { facet: 'scripts', effect: 'write', reversibility: 'recoverable', approvals: 0, meaning: 'Run a signed script in WinRE' },
  'winre.package.push': { facet: 'packages', effect: 'write', reversibility: 'recoverable', approvals: 0, meaning: 'Run a signed remediation package in WinRE' },
  'winre.network.configure': { facet: 'network', effect: 'write', reversibility: 'reversible', approvals: 0, meaning: 'Bring up a network in WinRE' },
  'winre.restore.policy': { facet: 'restore', effect: 'write', reversibility: 'reversible', approvals: 0, meaning: 'Read and set cadence, retention and disk limit of restore points' },
  'winre.restore.points': { facet: 'restore', effect: 'read', reversibility: 'reversible', approvals: 0, meaning: 'List restore points with their state' },
  'winre.restore.trigger': { facet: 'restore', effect: 'destructive', reversibility: 'recoverable', approvals: 1, meaning: 'Bring the volume back to a restore point' },
  'winre.rebuild.trigger': { facet: 'rebuild', effect: 'destructive', reversibility: 'irreversible', approvals: 1, meaning: 'Empty the volume and install it anew' },
  'winre.remediation.policy': { facet: 'remediation', effect: 'write', reversibility: 'reversible', approvals: 0, meaning: 'Read and set Quick Machine Recovery settings' },
  'winre.remediation.test': { facet: 'remediation', effect: 'write', reversibility: 'reversible', approvals: 0, meaning: 'Start the test mode of Quick Machine Recovery' },
  'winre.remediation.outcome': { facet: 'remediation', effect: 'read', reversibility: 'reversible', approvals: 0, meaning: 'Read what Quick Machine Recovery did' },
  'winre.keys.escrow': { facet: 'recoveryKeys', effect: 'write', reversibility: 'recoverable', approvals: 0, meaning: 'See whether recovery keys are escrowed; rotate them' },
  'winre.keys.release': { facet: 'recoveryKeys', effect: 'write', reversibility: 'irreversible', approvals: 1, meaning: 'Unlock a volume for one session with its escrowed key' },
  'winre.artifacts': { facet: 'artifacts', effect: 'read', reversibility: 'reversible', approvals: 0, meaning: 'Fetch logs and diagnostics the tenant has consented to' },
} as const satisfies Record<string, CapabilityFloor>;

export type CapabilityId = keyof typeof capabilityFloors;
