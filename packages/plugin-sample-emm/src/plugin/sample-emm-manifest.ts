import type { PluginManifest } from '@winre-kit/sdk';
import type { SampleEmmConfig } from './sample-emm-config.ts';

/** The permissions that all verbs together need; a narrower role takes verbs away, one by one, each with `permission-denied`. */
const scopes = [
  'devices.read', 'sessions.read', 'operations.read', 'operations.start', 'operations.start-destructive', 'operations.cancel', 'policies.read', 'policies.write',
  'keys.read', 'offerings.read', 'artifacts.read', 'trust.read',
];

/** What the plug-in touches: one host, its token, and the Wi-Fi keys that were named for it. */
export function sampleEmmManifest({ baseUrl, token, networkKeys }: SampleEmmConfig): PluginManifest {
  return { outboundHosts: [new URL(baseUrl).host], secrets: [token.secret, ...networkKeys.map(({ secret }) => secret)], scopes };
}
