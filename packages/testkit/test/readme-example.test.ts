import type { CallContext, HostServices } from '@winre-kit/sdk';
import { requestJson } from '@winre-kit/sdk/plugin-kit';
import { createFaultTransport, createManualClock, createMockHost } from '@winre-kit/testkit';
import { expect, test } from 'vitest';
import { z } from 'zod';

const call: CallContext = { signal: new AbortController().signal, correlationId: 'test' };
const startRestore = (services: HostServices): Promise<unknown> => requestJson(services, { what: 'start restore', method: 'POST', url: 'https://emm.example/restores', body: {}, call }, z.object({ id: z.string() }));

test('a start whose reply is lost asks for a reconcile', async () => {
  const restores: string[] = [];
  const answerLikeTheVendor = async (): Promise<Response> => Response.json({ id: `restore-${restores.push('restore')}` });
  // #region example
  const clock = createManualClock();
  const vendor = createFaultTransport(answerLikeTheVendor, [{ matches: ({ method }) => method === 'POST', fault: { kind: 'cut-after-send' } }], clock);
  const host = createMockHost({ clock, fetch: vendor.fetch, secrets: { token: 'canary' } });

  await expect(startRestore(host.services)).rejects.toMatchObject({ retry: 'reconcile-first' });
  expect(vendor.log).toMatchObject([{ method: 'POST', fault: 'cut-after-send', sent: 1 }]);
  // #endregion
  expect(restores).toHaveLength(1);
});
