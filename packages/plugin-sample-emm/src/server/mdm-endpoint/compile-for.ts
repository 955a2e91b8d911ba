import { compileSettings, type CompiledSettings } from '@winre-kit/sdk/windows';
import { buildOf } from './choose-dialect.ts';
import type { MdmReport, MdmSession } from './mdm-session.ts';
import type { MdmTurnFacts } from './mdm-turn.ts';
import { absentSettings } from './plan-changes.ts';

/** What the device should have, and beside it all that it will not get: its dialect has no words for it, its build no nodes, or there is too much of it. Pure. */
export function compileFor({ dialect }: MdmSession, { osBuild, absentRoots }: MdmReport, { desired, edition, leftOut }: MdmTurnFacts): CompiledSettings {
  const build = buildOf(osBuild) ?? { build: 0, revision: 0 };
  const compiled = compileSettings(desired, { build, edition, ...(dialect !== undefined && { dialect }) });
  return { ...compiled, notExpressed: [...compiled.notExpressed, ...absentSettings(compiled, absentRoots), ...leftOut] };
}
