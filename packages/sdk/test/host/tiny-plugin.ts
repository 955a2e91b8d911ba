import { definePlugin, digestJson, instantAt, RecoveryError, type OperationReportInput, type PlanDraftInput } from '@winre-kit/sdk';
import { z } from 'zod';

const configSchema = z.strictObject({ url: z.url() });

/** A plug-in that can restore one device through a {@link startTinyVendor}. `pause` is awaited right before and right after the request that acts. */
export function createTinyPlugin(pause: (where: 'before-send' | 'before-record') => Promise<void>): ReturnType<typeof definePlugin<typeof configSchema>> {
  return definePlugin({
    id: 'tiny-plugin', specVersion: 'v1', version: '1.0.0', displayName: 'Tiny', configSchema,
    manifest: ({ url }) => ({ outboundHosts: [new URL(url).host], secrets: [], scopes: [] }),
    describe: () => ({
      plugin: 'tiny-plugin', specVersion: 'v1',
      capabilities: {
        'winre.devices': { level: 'stable', effect: 'read', reversibility: 'reversible' },
        'winre.restore.trigger': { level: 'stable', effect: 'destructive', reversibility: 'recoverable' },
      },
    }),
    validateConfig: () => Promise.resolve(),
    open: ({ url }, { http, clock }) => {
      const read = async (operationKey: string, signal: AbortSignal): Promise<OperationReportInput | undefined> => {
        const response = await http.fetch(`${url}/${encodeURIComponent(operationKey)}`, { signal });
        return response.status === 404 ? undefined : ((await response.json()) as OperationReportInput);
      };
      const device = { id: 'device-1', tenantId: 'tenant-1', enrolmentEpoch: 'epoch-1', displayName: 'PC 1', hardwareId: 'hardware-1' };
      return Promise.resolve({
        probe: () => Promise.resolve({ state: 'ready' as const, checks: [], observedAt: instantAt(clock.now()) }),
        capabilitiesFor: () => Promise.resolve({ abilities: undefined, unavailable: {} }),
        devices: {
          async *doList() {
            yield await Promise.resolve(device);
          },
          doGet: () => Promise.resolve(device),
          doResolve: () => Promise.resolve(device),
        },
        restore: {
          async doPlan(intent): Promise<PlanDraftInput> {
            return {
              prechecks: [{ id: 'power', state: 'met', observedAt: instantAt(clock.now()), evidence: 'on mains', required: true }],
              blastRadius: { devices: 1, description: 'device-1' },
              loss: { files: 0, bytes: 0, entries: [], truncated: false, digest: await digestJson([]) },
              requests: [{ method: 'POST', url: `${url}/operations`, body: intent.restorePointId }],
            };
          },
          async doStart({ operationKey }, { signal }) {
            await pause('before-send');
            const response = await http.fetch(`${url}/${encodeURIComponent(operationKey)}`, { method: 'POST', signal });
            await pause('before-record');
            return { ...((await response.json()) as OperationReportInput), state: 'accepted' };
          },
        },
        operations: {
          async doGet({ operationKey }, { signal }) {
            const report = await read(operationKey, signal);
            if (!report) throw new RecoveryError('not-found', `no operation ${operationKey}`);
            return report;
          },
          async *doList() {},
          async *doWatch({ operationKey }, { signal }) {
            const report = await read(operationKey, signal);
            if (report) yield report;
          },
          doCancel: () => Promise.resolve('not-supported' as const),
          async doReconcile({ operationKey }, { signal }) {
            const report = await read(operationKey, signal);
            return report ? { finding: 'found', report } : { finding: 'absent', reason: 'never arrived' };
          },
        },
        drain: () => Promise.resolve(),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      });
    },
  });
}
