import { RecoveryError } from '@winre-kit/sdk';
import type { GatewayStore, GatewayWrite } from './gateway-store.ts';

const maxAttempts = 16;

/**
 * Reads, decides, writes; begins anew when somebody else wrote in between. `decide` may run several times and must do nothing but read and compute.
 *
 * @throws {RecoveryError} `unavailable` when the records keep changing; nothing was written
 */
export async function transact<Result>(store: GatewayStore, decide: () => Promise<{ readonly writes: readonly GatewayWrite[]; readonly result: Result }>): Promise<Result> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const { writes, result } = await decide();
    if (writes.length === 0 || (await store.commit(writes))) return result;
  }
  throw new RecoveryError('unavailable', `the gateway's records changed ${maxAttempts} times while they were being changed here; nothing was done, try again`);
}
