import { instantAt, verifyScript } from '@winre-kit/sdk';
import type { PlanVerb } from '../operations/operation-verb.ts';
import { judgeInterpreter } from '../prechecks/interpreter-supported.ts';
import { judgePayloadSize } from '../prechecks/payload-size.ts';
import { judgePayloadTrusted } from '../prechecks/payload-trusted.ts';
import { judgeSessionLive } from '../prechecks/session-live.ts';
import { findLiveSession } from '../sessions/find-live-session.ts';
import { readPayloadTrust } from './read-payload-trust.ts';

export const planPushScript: PlanVerb<'winre.script.push'> = async (emm, { script }, device, call) => {
  const sighting = await findLiveSession(emm, device.id, call);
  const trust = await readPayloadTrust(emm, call);
  return {
    prechecks: [
      judgeSessionLive(sighting),
      judgeInterpreter(sighting, script.manifest.interpreter),
      judgePayloadSize(new TextEncoder().encode(script.content).length, sighting.session?.abilities?.maxScriptBytes, sighting.observedAt),
      await judgePayloadTrusted(() => verifyScript(script, trust), instantAt(trust.nowMs)),
    ],
    description: `script ${script.manifest.name} runs in WinRE on ${device.displayName}`,
  };
};
