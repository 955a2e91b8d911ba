import { definePlugin, instantAt, type PluginDefinition } from '@winre-kit/sdk';
import { fakePluginConfigSchema } from './fake-plugin-config.ts';
import { openFakePlugin } from './fake-plugin-instance.ts';
import { describeFakePlugin } from './fake-plugin-descriptor.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { createModelVendor, type ModelVendor } from './model-vendor.ts';

/** Time, pace and vendor of a fake plug-in; everything has a default. */
export interface FakePluginSettings {
  readonly id?: string;
  /** The vendor to talk to, so that two plug-ins or two tests can share one. */
  readonly vendor?: ModelVendor;
  /** The vendor's clock when it is made here; lend the same one to the host. */
  readonly clock?: ManualClock;
  readonly stepMs?: number;
}

/** A plug-in and the vendor behind it. */
export interface FakePlugin {
  readonly definition: PluginDefinition<typeof fakePluginConfigSchema>;
  readonly vendor: ModelVendor;
}

/**
 * A plug-in without a network: it claims every capability and keeps all rules, over a vendor in memory that counts effects and fails on command.
 *
 * @example
 * const { definition, vendor } = createFakePlugin({ clock });
 * vendor.failNextStart({ kind: 'accept-and-lose-reply' });
 */
export function createFakePlugin(settings: FakePluginSettings = {}): FakePlugin {
  const { id = 'fake-plugin', stepMs } = settings;
  const vendor = settings.vendor ?? createModelVendor({ clock: settings.clock ?? createManualClock(), ...(stepMs === undefined ? {} : { stepMs }) });
  const definition = definePlugin({
    id,
    specVersion: 'v1',
    version: '1.0.0',
    displayName: 'Fake plug-in',
    configSchema: fakePluginConfigSchema,
    manifest: (config) => ({ outboundHosts: [], secrets: [...(config.token ? [config.token.secret] : []), ...config.secrets], scopes: ['model.operations.write'] }),
    describe: () => describeFakePlugin(id),
    async validateConfig(config, services) {
      if (config.token) (await services.secrets.resolve(config.token))[Symbol.dispose]();
    },
    open: (config, services) => {
      services.logger.log('info', 'fake plug-in opened', { tenantId: config.tenantId, openedAt: instantAt(services.clock.now()) });
      return Promise.resolve(openFakePlugin(config, services, vendor));
    },
  });
  return { definition, vendor };
}
