import type { Clock, SecretResolver } from '@winre-kit/sdk';
import type { CallGate } from './call-gate.ts';
import type { OperationFence } from './operations/operation-fence.ts';
import type { SampleEmmClient } from './sample-emm-client.ts';
import type { SampleEmmConfig } from './sample-emm-config.ts';

/** What every verb of this plug-in works with: one opened instance's client, configuration and lent services. */
export interface SampleEmm {
  readonly client: SampleEmmClient;
  readonly config: SampleEmmConfig;
  readonly clock: Clock;
  readonly secrets: SecretResolver;
  readonly fence: OperationFence;
  readonly gate: CallGate;
}
