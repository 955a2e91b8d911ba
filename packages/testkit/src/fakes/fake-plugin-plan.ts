import { instantAt, type Clock, type Intent, type PlanDraftInput, type Precheck } from '@winre-kit/sdk';
import { lossOf } from './fake-device-answers.ts';
import type { ModelVendor } from './model-vendor.ts';

/** What the fake plug-in would do for an intent, and what it sees before. Reads only. */
export async function planFakeOperation(intent: Intent, vendor: ModelVendor, clock: Clock): Promise<PlanDraftInput> {
  const observedAt = instantAt(clock.now());
  const precheck = (id: string, met: boolean, evidence: string): Precheck => ({ id, state: met ? 'met' : 'unmet', observedAt, evidence, required: true });
  const prechecks = [precheck('power', true, 'on mains')];
  if (intent.capability === 'winre.restore.trigger') {
    const point = vendor.restorePoints.find(({ id }) => id === intent.restorePointId);
    prechecks.push(precheck('restore-point-intact', point?.state === 'intact', `restore point ${intent.restorePointId} is ${point?.state ?? 'not there'}`));
  }
  if (intent.capability === 'winre.network.configure') {
    const supported = ['ethernet-dhcp', 'ethernet-static', 'wifi-wpa2-psk'].includes(intent.profile.kind);
    prechecks.push(precheck('network-kind-supported', supported, `the device ${supported ? 'knows' : 'does not know'} ${intent.profile.kind}`));
  }
  const offering = intent.capability === 'winre.rebuild.trigger' ? vendor.offerings.find(({ id }) => id === intent.offeringId) : undefined;
  if (intent.capability === 'winre.rebuild.trigger') prechecks.push(precheck('media-available', offering !== undefined, offering ? `offering ${offering.id} is there` : `no offering ${intent.offeringId}`));
  const takesData = intent.capability === 'winre.restore.trigger' || intent.capability === 'winre.rebuild.trigger';
  return {
    prechecks,
    blastRadius: { devices: 1, description: `device ${intent.device.id}` },
    ...(takesData ? { loss: await lossOf([{ path: 'Users/example/report.docx', change: 'modified', bytes: 4_096 }]) } : {}),
    quotaCost: [{ window: 'minute', cost: 1 }],
    requests: [{ method: 'POST', url: 'https://model-vendor.example/operations', body: { intent, ...(offering ? { offering } : {}) } }],
  };
}
