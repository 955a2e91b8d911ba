import { enrolmentEpochSchema, RecoveryError, remediationPolicySchema, restorePolicySchema } from '@winre-kit/sdk';
import { Hono } from 'hono';
import { z } from 'zod';
import { createKeyedQueue } from '../keyed-queue.ts';
import type { AdminEnvironment } from './admin-environment.ts';
import type { AdminServices } from './admin-services.ts';
import { requirePermission } from './authenticate.ts';
import { noticesOfMdm } from './notices-of-mdm.ts';
import { policyView } from './policy-view.ts';
import { readBody } from './read-body.ts';
import { pathPart } from './read-query.ts';
import { requireOwnDevice } from './require-own-device.ts';

const policySchemas = { restore: restorePolicySchema, remediation: remediationPolicySchema } as const;
const bodies = {
  restore: z.strictObject({ enrolmentEpoch: enrolmentEpochSchema, policy: policySchemas.restore }),
  remediation: z.strictObject({ enrolmentEpoch: enrolmentEpochSchema, policy: policySchemas.remediation }),
} as const;
type PolicyName = keyof typeof bodies;

/** Settings that a device follows from its next contact on. */
export function policyRoutes(services: AdminServices): Hono<AdminEnvironment> {
  const { gateway } = services;
  const inTurn = createKeyedQueue();
  const routes = new Hono<AdminEnvironment>();
  for (const name of Object.keys(bodies) as PolicyName[]) {
    routes.get(`/devices/:deviceId/policies/${name}`, requirePermission('policies.read'), async (context) => {
      const device = await requireOwnDevice(services, context.get('caller'), pathPart(context, 'deviceId'));
      const report = services.mdm.certificates.current(device.deviceId) && services.mdm.sessions.readReport(device.deviceId);
      return context.json(policyView(policySchemas[name], device.policies[name], report?.actual?.[name], report?.observedAt));
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
