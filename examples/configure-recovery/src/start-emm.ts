import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStatementSigner, generateSigningKey, RecoveryError, type HttpClient } from '@winre-kit/sdk';
import { startSampleEmm, systemClock } from '@winre-kit/plugin-sample-emm/server';
import { createFetchWithTrust } from '@winre-kit/testkit';
import type { EmmConnection } from './emm-connection.ts';

export const tenantId = 'contoso';

/** A sample EMM of its own, on a free port, in a folder that goes with it. */
export interface RunningEmm extends EmmConnection, AsyncDisposable {
  readonly folder: string;
  readonly administratorToken: string;
  /** Reaches this EMM over HTTPS and trusts nobody else. */
  readonly fetch: HttpClient['fetch'];
  /** Every line that the server logged. */
  readonly logs: readonly string[];
}

export async function startEmm(): Promise<RunningEmm> {
  const folder = await mkdtemp(join(tmpdir(), 'configure-recovery-'));
  const logs: string[] = [];
  const emm = await startSampleEmm({
    folder, port: 0, tenantIds: [tenantId], clock: systemClock,
    logger: { log: (level, message, fields) => void logs.push(JSON.stringify({ level, message, ...fields })) },
  });
  const { url, caCertificatePem } = emm;
  const administratorToken = (await readFile(join(folder, `administrator-token.${tenantId}`), 'utf8')).trim();
  const fetch = createFetchWithTrust(caCertificatePem);
  const admin = async <Reply>(method: string, path: string, body?: object): Promise<Reply> => {
    const headers = { authorization: `Bearer ${administratorToken}`, 'content-type': 'application/json' };
    const response = await fetch(`${url}/admin/v1${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const reply: unknown = await response.json();
    if (!response.ok) throw new RecoveryError('unavailable', `${method} ${path}: ${response.status} ${JSON.stringify(reply)}`);
    return reply as Reply;
  };
  // Nobody is enrolled before it is said whose signatures count. No step here needs one.
  const { keyId, publicKey } = createStatementSigner(await generateSigningKey());
  await admin('PUT', '/trust', { trustedKeys: [{ keyId, principal: 'ada@contoso.example', purpose: 'approve', publicKey }], consent: { categories: [] } });
  return {
    url, folder, caCertificatePem, administratorToken, fetch, logs, admin,
    async [Symbol.asyncDispose]() {
      await emm.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
