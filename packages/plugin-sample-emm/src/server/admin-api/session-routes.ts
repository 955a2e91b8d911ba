import { instantAt, RecoveryError, type RecoverySession, type SessionEventInput } from '@winre-kit/sdk';
import { Hono, type Context } from 'hono';
import type { AdminEnvironment } from './admin-environment.ts';
import type { AdminServices } from './admin-services.ts';
import { requirePermission } from './authenticate.ts';
import { pathPart } from './read-query.ts';
import { requireOwnDevice } from './require-own-device.ts';
import { streamJsonLines } from './stream-json-lines.ts';

/** Sessions that are open, and the stream of what happens in them. */
export function sessionRoutes(services: AdminServices): Hono<AdminEnvironment> {
  const { gateway, store, clock, closing } = services;
  const maySee = requirePermission('sessions.read');

  const ownSessions = async (context: Context<AdminEnvironment>): Promise<RecoverySession[]> => {
    const { tenantId } = context.get('caller');
    const own: RecoverySession[] = [];
    for await (const session of gateway.sessions.list({ signal: closing, correlationId: context.get('correlationId') })) {
      if ((await store.read('devices', session.device.id))?.tenantId === tenantId) own.push(session);
    }
    return own;
  };

  return new Hono<AdminEnvironment>()
    .get('/sessions', maySee, async (context) => {
      const { deviceId } = context.req.query();
      const items = (await ownSessions(context)).filter((session) => deviceId === undefined || session.device.id === deviceId);
      return context.json({ items, observedAt: instantAt(clock.now()) });
    })
    .get('/sessions/:sessionId', maySee, async (context) => {
      const sessionId = pathPart(context, 'sessionId');
      const session = (await ownSessions(context)).find((candidate) => candidate.sessionId === sessionId);
      if (!session) throw new RecoveryError('not-found', `no session ${sessionId} is open`);
      return context.json(session);
    })
    .get('/session-events', maySee, async (context) => {
      const { tenantId } = context.get('caller');
      const { deviceId, resumeToken } = context.req.query();
      if (deviceId !== undefined) await requireOwnDevice(services, context.get('caller'), deviceId);
      const request = { ...(deviceId === undefined ? {} : { deviceId }), ...(resumeToken === undefined ? {} : { resumeToken }) };
      const correlationId = context.get('correlationId');
      return streamJsonLines(context, services, (signal) => ownEvents(services, tenantId, gateway.sessions.watch(request, { signal, correlationId })));
    });
}

/** Events of the tenant's devices, and what concerns the stream as a whole. */
async function* ownEvents({ store }: AdminServices, tenantId: string, events: AsyncIterable<SessionEventInput>): AsyncGenerator<SessionEventInput> {
  for await (const event of events) {
    if (!('device' in event) || (await store.read('devices', event.device.id))?.tenantId === tenantId) yield event;
  }
}
