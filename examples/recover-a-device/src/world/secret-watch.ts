import { RecoveryError } from '@winre-kit/sdk';
import { createCanarySecrets, type CanarySecrets } from '@winre-kit/testkit';

/** Files that hold a secret on purpose, readable by their owner only: tokens that a person or an installer hands over. */
const meantToHold = /(^|\/)(administrator-token\.[^/]+|enrolment-token)$/;

/** Every secret of the demo, so that all that was written and all that runs can be searched for it. */
export interface SecretWatch {
  readonly canaries: CanarySecrets;
  /** Names of what is watched. */
  readonly names: readonly string[];
  plant(name: string, value: string): string;
  /** @throws {RecoveryError} `internal` naming secret, form and place; never the value */
  requireNoLeaks(folder: string, pids: Iterable<number>, texts: Readonly<Record<string, unknown>>): Promise<void>;
}

export function createSecretWatch(): SecretWatch {
  const canaries = createCanarySecrets('demo');
  const names: string[] = [];
  return {
    canaries,
    names,
    plant(name, value) {
      names.push(name);
      canaries.plant(name, value);
      return value;
    },
    async requireNoLeaks(folder, pids, texts) {
      const leaks = [
        ...(await canaries.scanFolder(folder)).filter(({ where }) => !meantToHold.test(where)),
        ...(await canaries.scanProcesses(pids)),
        ...Object.entries(texts).flatMap(([where, text]) => canaries.findLeaks(text, where)),
      ];
      if (leaks.length > 0) throw new RecoveryError('internal', `secrets leaked: ${leaks.map(({ name, form, where }) => `${name} (${form}) in ${where}`).join('; ')}`);
    },
  };
}
