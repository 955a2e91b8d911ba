import { compileSettings, type CompiledSettings } from '@winre-kit/sdk/windows';
import { buildOf } from './choose-dialect.ts';
import type { MdmReport, MdmSession } from './mdm-session.ts';
import type { MdmTurnFacts } from './mdm-turn.ts';
import { absentSettings } from './plan-changes.ts';

/** What the device should have, and beside it all that it will not get: its dialect has no words for it, its build no nodes, or there is too much of it. Pure. */
export function compileFor({ dialect }: MdmSession, { osBuild, absentRoots }: MdmReport, { desired, edition, leftOut }: MdmTurnFacts): CompiledSettings {
  const build = buildOf(osBuild);
  const compiled = compileSettings(desired, { build: build ?? { build: 0, revision: 0 }, edition, ...(dialect !== undefined && { dialect }) });
  const isUnknown = build === undefined && compiled.dialect === 'none';
  const own = isUnknown ? compiled.notExpressed.map((each) => ({ ...each, reason: 'the device has neither provider, and its build is not known' })) : compiled.notExpressed;
  return { ...compiled, notExpressed: [...own, ...absentSettings(compiled, absentRoots), ...leftOut] };
}
