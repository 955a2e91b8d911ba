import { RecoveryError } from '@winre-kit/sdk';
import { Hono } from 'hono';
import type { AdminEnvironment } from './admin-environment.ts';
import type { AdminServices } from './admin-services.ts';
import { requirePermission } from './authenticate.ts';
import { pathPart } from './read-query.ts';
import { requireOwnDevice } from './require-own-device.ts';

/** Logs and bundles that devices have uploaded with the tenant's consent. */
export function artifactRoutes(services: AdminServices): Hono<AdminEnvironment> {
  const { gateway, store } = services;
  const maySee = requirePermission('artifacts.read');
  return new Hono<AdminEnvironment>()
    .get('/devices/:deviceId/artifacts', maySee, async (context) => {
      const { deviceId } = await requireOwnDevice(services, context.get('caller'), pathPart(context, 'deviceId'));
      const artifacts = await gateway.listArtifacts(deviceId);
      return context.json({ items: artifacts.map(({ artifactId, category, name, bytes, createdAt }) => ({ id: artifactId, category, name, bytes, createdAt })) });
    })
    .get('/artifacts/:artifactId', maySee, async (context) => {
      const artifactId = pathPart(context, 'artifactId');
      const artifact = await store.read('artifacts', artifactId);
      if (artifact?.tenantId !== context.get('caller').tenantId) throw new RecoveryError('not-found', `no artifact ${artifactId}`);
      const parts = gateway.readArtifact(artifactId)[Symbol.asyncIterator]();
      // The first part is read here, so that a refusal still becomes an error reply.
      let next = await parts.next();
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          if (next.done) return controller.close();
          controller.enqueue(next.value);
          next = await parts.next();
        },
        cancel: () => void parts.return?.(),
      });
      return context.body(body, 200, { 'content-type': 'application/octet-stream', 'content-length': String(artifact.bytes), 'cache-control': 'no-store' });
    });
}
