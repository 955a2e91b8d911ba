import { factFrom, type FactSource } from './fact-sources.table.ts';
import { compareWindowsBuilds, formatWindowsBuild, hasMinimumBuild, parseWindowsBuild, type WindowsBuild } from './windows-build.ts';
import type { WindowsEdition } from './windows-editions.table.ts';

/** Which provider a device understands: `Recovery` of 2026, `RemoteRemediation` of 2025, or neither. */
export type CspDialect = 'recovery' | 'remote-remediation';

/** A guess from build and edition, and what it rests on. What the device answers (404, 405, 406) overrules it. */
export interface DialectVerdict {
  readonly dialect: CspDialect | 'none';
  readonly reasons: readonly { readonly reason: string; readonly source: FactSource }[];
}

/**
 * First builds with the Recovery provider (grade S: a runbook that cites the page).
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/recovery-csp
 */
export const recoveryMinimumBuilds = ['26100.8737', '26200.8737'] as const;
/**
 * First build with Quick Machine Recovery at all (grade S: a runbook that cites the support page).
 * @see https://learn.microsoft.com/en-us/windows/configuration/quick-machine-recovery
 */
export const quickMachineRecoveryMinimumBuild = '26100.4700';

/**
 * Chooses the provider for a build and edition. Pure.
 *
 * @see https://learn.microsoft.com/en-us/windows/client-management/mdm/recovery-csp
 */
export function dialectOf(build: WindowsBuild, edition: WindowsEdition): DialectVerdict {
  const name = formatWindowsBuild(build);
  const because = (dialect: DialectVerdict['dialect'], reason: string, source: FactSource): DialectVerdict => ({ dialect, reasons: [{ reason, source }] });
  if (compareWindowsBuilds(build, parseWindowsBuild(quickMachineRecoveryMinimumBuild)) < 0) {
    return because('none', `build ${name} is older than ${quickMachineRecoveryMinimumBuild}, the first with Quick Machine Recovery`, factFrom('EZ-QMR', 'S'));
  }
  if (!hasMinimumBuild(build, recoveryMinimumBuilds)) {
    return because('remote-remediation', `build ${name} does not reach ${recoveryMinimumBuilds.join(' or ')}, the first with the Recovery provider`, factFrom('RR-DDF', 'I', 'the DDF names no build; the provider is taken to come with Quick Machine Recovery'));
  }
  if (edition === 'home') {
    return because('remote-remediation', 'the page of the Recovery provider does not list Home; the edition list of RemoteRemediation holds its product codes', factFrom('RR-DDF', 'I', 'the edition list is in hexadecimal codes, decoded here'));
  }
  const isReleased = recoveryMinimumBuilds.some((minimum) => parseWindowsBuild(minimum).build === build.build);
  const verdict = isReleased
    ? because('recovery', `build ${name} has the Recovery provider`, factFrom('EZ-PITR', 'S'))
    : because('recovery', `build ${name} is of a newer line than ${recoveryMinimumBuilds.join(' and ')}`, factFrom('REC-CSP', 'I', 'newer lines are taken to keep the provider'));
  if (edition !== 'other') return verdict;
  return { ...verdict, reasons: [...verdict.reasons, { reason: 'no text says whether this edition has it', source: factFrom('REC-CSP', 'I', 'listed are Pro, Enterprise, Education and IoT Enterprise') }] };
}
