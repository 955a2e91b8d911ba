import { instantAt, parseOrThrow, RecoveryError, sha256Hex } from '@winre-kit/sdk';
import { artifactQuerySchema, type ArtifactReply } from '../../protocol/index.ts';
import { newId, type GatewayCore } from '../gateway-core.ts';
import type { ArtifactRecord } from '../gateway-records.ts';
import { transact } from '../transact.ts';
import type { AuthenticRequest } from './authenticate-channel.ts';

/** What an artifact counts for at least: its record takes room too. */
const leastBytes = 4_096;

/** `POST /channel/artifact`: stored only in a category that the tenant has opted into. */
export async function takeArtifact(core: GatewayCore, { device, tenant, body, url }: AuthenticRequest): Promise<ArtifactReply> {
  const { category, name } = parseOrThrow(artifactQuerySchema, Object.fromEntries(url.searchParams), 'artifact');
  if (!tenant.consent.categories.includes(category)) throw new RecoveryError('permission-denied', `tenant ${tenant.tenantId} has not consented to ${category}`, { facts: { reason: 'no-consent', category } });
  return core.lock.run(device.deviceId, async () => {
    const stored = (await core.store.list('artifacts', { deviceId: device.deviceId })).reduce((sum, { bytes }) => sum + Math.max(bytes, leastBytes), 0);
    if (stored + body.length > core.artifactBytesPerDevice) throw new RecoveryError('resource-exhausted', `device ${device.deviceId} has stored ${stored} bytes of artifacts, of ${core.artifactBytesPerDevice} it may`, { retry: 'never-unchanged', facts: { limit: core.artifactBytesPerDevice } });
    const record: ArtifactRecord = { revision: 1, artifactId: newId(core), deviceId: device.deviceId, tenantId: device.tenantId, category, name, bytes: body.length, sha256: await sha256Hex(body), createdAt: instantAt(core.clock.now()) };
    await core.store.writeArtifactBytes(record.artifactId, body);
    await transact(core.store, () => Promise.resolve({ writes: [{ table: 'artifacts', record }], result: undefined }));
    return { artifactId: record.artifactId };
  });
}
