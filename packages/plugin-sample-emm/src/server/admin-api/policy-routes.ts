import { enrolmentEpochSchema, RecoveryError, remediationPolicySchema, restorePolicySchema } from '@winre-kit/sdk';
import { Hono } from 'hono';
import { z } from 'zod';
import { createKeyedQueue } from '../keyed-queue.ts';
import { readDesiredState } from '../mdm-endpoint/desired-state.ts';
import type { AdminEnvironment } from './admin-environment.ts';
import type { AdminServices } from './admin-services.ts';
import { requirePermission } from './authenticate.ts';
import { noticesOfMdm } from './notices-of-mdm.ts';
import { policyView, type PolicyName } from './policy-view.ts';
import { readBody } from './read-body.ts';
import { pathPart } from './read-query.ts';
import { requireOwnDevice } from './require-own-device.ts';

const bodies = {
  restore: z.strictObject({ enrolmentEpoch: enrolmentEpochSchema, policy: restorePolicySchema }),
  remediation: z.strictObject({ enrolmentEpoch: enrolmentEpochSchema, policy: remediationPolicySchema }),
} as const;

/** Settings that a device follows from its next contact on. */
export function policyRoutes(services: AdminServices): Hono<AdminEnvironment> {
  const { gateway } = services;
  const inTurn = createKeyedQueue();
  const routes = new Hono<AdminEnvironment>();
  for (const name of Object.keys(bodies) as PolicyName[]) {
    routes.get(`/devices/:deviceId/policies/${name}`, requirePermission('policies.read'), async (context) => {
      const device = await requireOwnDevice(services, context.get('caller'), pathPart(context, 'deviceId'));
      // The settings of a group come by MDM alone.
      if (!services.mdm.certificates.current(device.deviceId)) return context.json(policyView(name, device.policies, undefined));
      const { settings } = readDesiredState(services.mdm.settings, device);
      return context.json(policyView(name, settings, services.mdm.sessions.readReport(device.deviceId)));
    });
    routes.put(`/devices/:deviceId/policies/${name}`, requirePermission('policies.write'), async (context) => {
      const { enrolmentEpoch, policy } = await readBody(context, bodies[name], `${name} policy`);
      const deviceId = pathPart(context, 'deviceId');
      const osBuild = await inTurn(deviceId, async () => {
        const device = await requireOwnDevice(services, context.get('caller'), deviceId);
        if (device.enrolmentEpoch !== enrolmentEpoch) throw new RecoveryError('enrolment-changed', `device ${deviceId} is in enrolment ${device.enrolmentEpoch} now`);
        await gateway.setPolicies(deviceId, { ...device.policies, [name]: policy });
        return device.osBuild;
      });
      const certificate = services.mdm.certificates.current(deviceId);
      if (certificate) return context.json({ notices: noticesOfMdm({ [name]: policy }, certificate, services.mdm.sessions.readReport(deviceId), osBuild) });
      return context.json({ notices: [{ code: 'device-follows-later', message: 'stored; the device follows it from its next contact on', severity: 'info' }] });
    });
  }
  return routes;
}
