import { definePlugin } from '@winre-kit/sdk';
import { z } from 'zod';
import { openExampleInstance } from './example-instance.ts';

// #region define-plugin
export const examplePlugin = definePlugin({
  id: 'example-plugin', specVersion: 'v1', version: '1.0.0', displayName: 'Example EMM',
  configSchema: z.strictObject({ baseUrl: z.url() }),
  manifest: ({ baseUrl }) => ({ outboundHosts: [new URL(baseUrl).host], secrets: [], scopes: [] }),
  describe: () => ({ plugin: 'example-plugin', specVersion: 'v1', capabilities: { 'winre.devices': { level: 'stable', effect: 'read', reversibility: 'reversible' } } }),
  async validateConfig() {}, // asks the tenant whether the configuration works
  open: async ({ baseUrl }, services) => openExampleInstance(baseUrl, services),
});
// #endregion
