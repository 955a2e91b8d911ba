import { RecoveryError, type HostServices } from '@winre-kit/sdk';
import { createTokenCache } from '@winre-kit/sdk/plugin-kit';
import { createGraphClient, type GraphClient } from './graph/graph-client.ts';
import { graphClouds } from './graph/graph-clouds.table.ts';
import { tokenLeases, type GraphTokenCredential } from './graph/token-leases.ts';
import type { IntuneConfig } from './intune-config.ts';

/**
 * The client for a tenant's cloud with the credential that its configuration names. Asks for no token yet.
 *
 * @param credential what the plug-in was created with
 * @throws {RecoveryError} `invalid-config` when the configuration wants that credential and there is none
 */
export function openGraphClient({ cloud: name, credential: wanted }: IntuneConfig, services: HostServices, credential: GraphTokenCredential | undefined): GraphClient {
  const cloud = graphClouds[name];
  if (wanted.kind === 'token') return createGraphClient({ cloud, token: createTokenCache(services, wanted.token), services });
  if (!credential) {
    throw new RecoveryError('invalid-config', "the configuration wants the plug-in's own credential and the plug-in was created without one: give createIntunePlugin a credential of @azure/identity, or name a token", { fieldPath: 'credential' });
  }
  // The name stands for nothing: a credential has one token for Graph.
  const token = createTokenCache({ clock: services.clock, secrets: tokenLeases(credential, cloud) }, { secret: 'graph' });
  return createGraphClient({ cloud, token, services });
}
