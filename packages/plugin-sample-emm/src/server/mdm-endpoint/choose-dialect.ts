import { dialectOf, parseWindowsBuild, type CspDialect, type WindowsBuild, type WindowsEdition } from '@winre-kit/sdk/windows';

/** What a device has shown of itself. */
export interface DialectFacts {
  /** `./DevDetail/SwV`, when it could be read. */
  readonly osBuild: string | undefined;
  readonly edition: WindowsEdition;
  /** Providers whose root the device has. */
  readonly present: readonly CspDialect[];
  readonly ruledOut: readonly CspDialect[];
}

const dialects: readonly CspDialect[] = ['recovery', 'remote-remediation'];

/** The dialect to speak: what the build is known for if the device has it, otherwise the newest that it has. Pure. */
export function chooseDialect({ osBuild, edition, present, ruledOut }: DialectFacts): CspDialect | 'none' {
  const possible = dialects.filter((dialect) => present.includes(dialect) && !ruledOut.includes(dialect));
  const build = buildOf(osBuild);
  const expected = build && dialectOf(build, edition).dialect;
  return possible.find((dialect) => dialect === expected) ?? possible[0] ?? 'none';
}

/** Version text of a device, or nothing when it is not of the known form. */
export function buildOf(osBuild: string | undefined): WindowsBuild | undefined {
  try {
    return osBuild === undefined ? undefined : parseWindowsBuild(osBuild.trim());
  } catch {
    return undefined;
  }
}
