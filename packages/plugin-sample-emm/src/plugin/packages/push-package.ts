import { instantAt, verifyPackage } from '@winre-kit/sdk';
import type { PlanVerb } from '../operations/operation-verb.ts';
import { judgeInterpreter } from '../prechecks/interpreter-supported.ts';
import { judgePayloadTrusted } from '../prechecks/payload-trusted.ts';
import { judgeSessionLive } from '../prechecks/session-live.ts';
import { readPayloadTrust } from '../scripts/read-payload-trust.ts';
import { findLiveSession } from '../sessions/find-live-session.ts';

export const planPushPackage: PlanVerb<'winre.package.push'> = async (emm, intent, device, call) => {
  const { manifest } = intent.package;
  const sighting = await findLiveSession(emm, device.id, call);
  const trust = await readPayloadTrust(emm, call);
  const staged = { code: 'staged-rollout-only', message: 'driver packages belong into a staged rollout: begin with one device and watch it', severity: 'warning' } as const;
  return {
    prechecks: [
      judgeSessionLive(sighting),
      judgeInterpreter(sighting, manifest.entryPoint.interpreter),
      await judgePayloadTrusted(() => verifyPackage(intent.package, trust), instantAt(trust.nowMs)),
    ],
    description: `package ${manifest.name} ${manifest.version} (${manifest.files.length} files) is applied in WinRE on ${device.displayName}`,
    notices: manifest.kind === 'drivers' ? [staged] : [],
  };
};
