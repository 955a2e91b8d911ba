import { announceOperations, requireEnrolled, type GatewayCore } from './gateway-core.ts';
import type { DeviceRecord } from './gateway-records.ts';
import { settleDeliveries, type LedgerStanding } from './settle-deliveries.ts';
import { transact } from './transact.ts';

/** Writes down what follows from the agent's word about its ledger. Called under the device's lock, before anything else is sent. */
export async function settleChannel(core: GatewayCore, channel: { readonly deviceId: string; readonly enrolmentEpoch: string }, said: LedgerStanding): Promise<DeviceRecord> {
  const { deviceId } = channel;
  const { device, settled, ledger } = await transact(core.store, async () => {
    const before = await requireEnrolled(core.store, channel);
    const settlement = settleDeliveries(before, await core.store.list('operations', { deviceId, open: true }), said, core.clock.now());
    return {
      writes: [...(settlement.device ? [{ table: 'devices' as const, record: settlement.device }] : []), ...settlement.operations.map((record) => ({ table: 'operations' as const, record }))],
      result: { device: settlement.device ?? before, settled: settlement.operations, ledger: settlement.ledger },
    };
  });
  if (ledger !== 'intact') core.logger.log('warn', ledger === 'lost' ? 'a device lost its ledger of executed operations' : 'a device knows of later commands than the gateway: was its store restored?', { deviceId, unknownOperations: settled.length });
  announceOperations(core, settled);
  return device;
}
