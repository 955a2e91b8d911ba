import { instantAt, operationKeySchema, RecoveryError } from '@winre-kit/sdk';
import { Hono } from 'hono';
import { z } from 'zod';
import { readDesiredState } from '../mdm-endpoint/desired-state.ts';
import { unenrolUri } from '../mdm-endpoint/mdm-request.ts';
import { sessionView } from '../mdm-endpoint/session-view.ts';
import { mdmProviderId } from '../mdm-enrolment/discovery.ts';
import type { MdmCertificate } from '../store/mdm-certificate-store.ts';
import type { AdminEnvironment } from './admin-environment.ts';
import type { AdminServices } from './admin-services.ts';
import { requirePermission } from './authenticate.ts';
import { settingsView } from './group-routes.ts';
import { readBody } from './read-body.ts';
import { pathPart } from './read-query.ts';
import { requireOwnDevice } from './require-own-device.ts';

const unenrolSchema = z.strictObject({ key: operationKeySchema });

/** What a device is by MDM: its certificate, what it should have and what it was seen to have, its last session, its Execs. */
export function mdmRoutes(services: AdminServices): Hono<AdminEnvironment> {
  const { mdm, clock } = services;
  return new Hono<AdminEnvironment>()
    .get('/devices/:deviceId/mdm', requirePermission('policies.read'), async (context) => {
      const device = await requireOwnDevice(services, context.get('caller'), pathPart(context, 'deviceId'));
      const certificate = mdm.certificates.current(device.deviceId);
      const { group, settings } = readDesiredState(mdm.settings, device);
      const { appliedFingerprint: _, judgedFingerprint: _judged, accepted, lastSession, ...report } = mdm.sessions.readReport(device.deviceId) ?? {};
      return context.json({
        agent: device.hasAgent !== false,
        enrolled: certificate !== undefined && Date.parse(certificate.expiresAt) > clock.now(),
        certificate: certificate ? certificateView(certificate) : null,
        group: group ?? null,
        desired: settingsView(settings),
        ...report,
        ...(accepted && { accepted: accepted.changes }),
        ...(lastSession && { lastSession: sessionView(lastSession, clock.now()) }),
        execs: mdm.execs.list(device.deviceId),
      });
    })
    .delete('/devices/:deviceId/mdm/certificate', requirePermission('revocations.write'), async (context) => {
      const { deviceId } = await requireOwnDevice(services, context.get('caller'), pathPart(context, 'deviceId'));
      const revoked = mdm.certificates.revoke(deviceId, 'revoked', instantAt(clock.now()));
      if (!revoked) throw new RecoveryError('not-found', `device ${deviceId} is not enrolled for MDM`);
      return context.json({ revoked: certificateView(revoked) });
    })
    .delete('/devices/:deviceId/mdm/networks/:ssid', requirePermission('policies.write'), async (context) => {
      const { deviceId } = await requireOwnDevice(services, context.get('caller'), pathPart(context, 'deviceId'));
      const ssid = pathPart(context, 'ssid');
      if (!mdm.settings.removeNetwork(deviceId, ssid)) throw new RecoveryError('not-found', `device ${deviceId} has no network of its own with this SSID`);
      return context.json({ ssid });
    })
    // The device leaves by itself when it gets this; with its certificate revoked it would never hear of it.
    .post('/devices/:deviceId/mdm/unenrol', requirePermission('enrolment.write'), async (context) => {
      const { key } = await readBody(context, unenrolSchema, 'unenrolment');
      const { tenantId, principal } = context.get('caller');
      const { deviceId } = await requireOwnDevice(services, context.get('caller'), pathPart(context, 'deviceId'));
      if (!mdm.certificates.current(deviceId)) throw new RecoveryError('not-found', `device ${deviceId} is not enrolled for MDM`);
      mdm.execs.add(tenantId, deviceId, { execKey: key, uri: unenrolUri, data: mdmProviderId, requestedBy: principal, requestedAt: instantAt(clock.now()) });
      const exec = mdm.execs.list(deviceId).find(({ execKey }) => execKey === key);
      if (!exec) throw new RecoveryError('already-exists', `key ${key} was used for another device: choose another one`);
      return context.json(exec, 202);
    });
}

function certificateView({ thumbprint, deviceName, issuedAt, expiresAt }: MdmCertificate): object {
  return { thumbprint, deviceName, issuedAt, expiresAt };
}
