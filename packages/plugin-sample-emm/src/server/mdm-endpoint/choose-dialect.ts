import { dialectOf, parseWindowsBuild, type CspDialect, type WindowsBuild, type WindowsEdition } from '@winre-kit/sdk/windows';
import type { MdmTurnFacts } from './mdm-turn.ts';
import { recoveryGroups } from './recovery-groups.table.ts';

/** What a device has shown of itself. */
export interface DialectFacts {
  /** `./DevDetail/SwV`, as it was read now or before. */
  readonly osBuild: string | undefined;
  readonly edition: WindowsEdition;
  /** Providers whose root the device has. */
  readonly present: readonly CspDialect[];
  /** Providers of whose root the device said that it has no such node. */
  readonly absent: readonly CspDialect[];
  readonly ruledOut: readonly CspDialect[];
}

/** Newest first. */
export const dialects: readonly CspDialect[] = ['recovery', 'remote-remediation'];

/**
 * The dialect to speak: the newest provider that the device has. What it has comes before what its build and the edition at its enrolment are known for, which
 * count when it showed no root at all: it may refuse to read it. Pure.
 *
 * @returns nothing when it cannot be told: the build is not known, and the device neither showed a root nor said of both that it has none
 */
export function chooseDialect({ osBuild, edition, present, absent, ruledOut }: DialectFacts): CspDialect | 'none' | undefined {
  const possible = dialects.filter((dialect) => !ruledOut.includes(dialect));
  if (present.length > 0) return possible.find((dialect) => present.includes(dialect)) ?? 'none';
  const build = buildOf(osBuild);
  if (build === undefined) return possible.every((dialect) => absent.includes(dialect)) ? 'none' : undefined;
  const expected = dialectOf(build, edition).dialect;
  return possible.find((dialect) => dialect === expected) ?? 'none';
}

/** Whether the Recovery provider is no use to a device: it is there without Quick Machine Recovery, which is wanted, and the other provider is there, too. Pure. */
export function lacksMachine(absentRoots: readonly string[], present: readonly CspDialect[], { desired }: Pick<MdmTurnFacts, 'desired'>): boolean {
  return desired.remediation !== undefined && absentRoots.includes(recoveryGroups.remediation) && present.includes('remote-remediation');
}

/** Version text of a device, or nothing when it is not of the known form. */
export function buildOf(osBuild: string | undefined): WindowsBuild | undefined {
  try {
    return osBuild === undefined ? undefined : parseWindowsBuild(osBuild.trim());
  } catch {
    return undefined;
  }
}
