import type { Interpreter, RecoveryAbilities, RecoverySession } from '@winre-kit/sdk';
import type { NetworkAdapter } from './network-adapter.ts';
import type { ProcessRules } from './process-rules.ts';
import type { RecoveryVolume } from './recovery-volume.ts';

/** What stays the same whatever is installed. */
export interface Hardware {
  readonly hardwareId: string;
  readonly serialNumber: string;
  readonly displayName: string;
  readonly osBuild: string;
  readonly winreVersion?: string | undefined;
}

/** One start of the machine. A restart of the agent alone is the same boot. */
export interface Boot {
  readonly bootId: string;
  readonly mode: 'service' | 'recovery';
  readonly reason: RecoverySession['bootReason'];
}

/** What the machine can say about itself before a recovery; undefined where it cannot. */
export interface Readiness {
  readonly onAcPower: boolean | undefined;
  readonly batteryPercent: number | undefined;
  readonly winreEnabled: boolean | undefined;
  /** Whether drivers for this hardware are at hand after a rebuild. */
  readonly driversAvailable: boolean | undefined;
}

/** The test mode of native remediation. */
export interface RemediationTest {
  readonly state: 'test-passed' | 'test-failed';
  readonly detail: string;
}

/** One execution of a destructive operation. A resumed execution keeps its id. */
export interface DestructiveEffect {
  readonly executionId: string;
  readonly operationKey: string;
  readonly capability: string;
}

/** How a script file is given to its interpreter. */
export interface InterpreterCommand {
  readonly fileName: string;
  readonly extension: string;
  /** Command line arguments for the script at this path. */
  argumentsFor(scriptPath: string): readonly string[];
}

/** Everything about the machine the agent runs on. The agent itself is the same program everywhere. */
export interface Platform {
  readonly name: string;
  readonly hardware: Hardware;
  readonly abilities: RecoveryAbilities;
  readonly volume: RecoveryVolume;
  readonly network: NetworkAdapter;
  readonly interpreters: ReadonlyMap<Interpreter, InterpreterCommand>;
  readonly processRules: ProcessRules;
  currentBoot(): Promise<Boot>;
  /** Starts the machine anew. Where the machine is real this process ends with it; a simulated one goes on with {@link currentBoot} changed. */
  reboot(target: Boot['mode'], reason: Boot['reason']): Promise<void>;
  readiness(): Promise<Readiness>;
  /** @throws {RecoveryError} `unsupported` where there is no test mode */
  testRemediation(): Promise<RemediationTest>;
  readonly destructiveEffects: {
    /** Called before the first write of an execution; when it rejects, nothing is written. Repeats with the same execution id are harmless. */
    record(effect: DestructiveEffect, call: { readonly signal: AbortSignal }): Promise<void>;
  };
}
