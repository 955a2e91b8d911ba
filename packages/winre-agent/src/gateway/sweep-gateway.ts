import { announceOperations, type GatewayCore } from './gateway-core.ts';
import { expireOperation } from './retire-commands.ts';
import { transact } from './transact.ts';

/** What happens without any request: silent sessions are lost and end, operations that nobody fetched expire. Ends with the gateway. */
export async function sweepGateway(core: GatewayCore): Promise<void> {
  while (!core.closed.aborted) {
    try {
      await core.clock.sleep(core.heartbeatEveryMs, { signal: core.closed });
      await sweepOnce(core);
    } catch (cause) {
      if (!core.closed.aborted) core.logger.log('error', 'sweeping the gateway failed', { cause });
    }
  }
}

async function sweepOnce(core: GatewayCore): Promise<void> {
  for (const deviceId of core.sessions.silent()) {
    await core.lock.run(deviceId, async () => {
      // It may have come back while this waited for its turn.
      if (core.sessions.silent().includes(deviceId)) await core.sessions.end(deviceId, 'timeout');
    });
  }
  const expired = await transact(core.store, async () => {
    const nowMs = core.clock.now();
    const open = await core.store.list('operations', { open: true });
    const over = open.filter((operation) => operation.delivery === 'queued' && Date.parse(operation.deliverBy) <= nowMs).map((operation) => expireOperation(operation, nowMs));
    return { writes: over.map((record) => ({ table: 'operations' as const, record })), result: over };
  });
  announceOperations(core, expired);
}
