import { RecoveryError } from '@winre-kit/sdk';
import { requireTenant, type GatewayCore } from './gateway-core.ts';

/** The bytes of an artifact, as long as the tenant's consent stands. */
export async function* readArtifact(core: GatewayCore, artifactId: string): AsyncIterable<Uint8Array> {
  const record = await core.store.read('artifacts', artifactId);
  if (!record) throw new RecoveryError('not-found', `no artifact ${artifactId}`);
  const { consent } = await requireTenant(core.store, record.tenantId);
  if (!consent.categories.includes(record.category)) throw new RecoveryError('permission-denied', `tenant ${record.tenantId} has withdrawn its consent to ${record.category}`, { facts: { reason: 'no-consent', category: record.category } });
  yield* core.store.readArtifactBytes(artifactId);
}
