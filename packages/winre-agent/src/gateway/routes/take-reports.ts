import { parseOrThrow } from '@winre-kit/sdk';
import { reportRequestSchema, type ReportReply } from '../../protocol/index.ts';
import { applyDeviceReport, type ReportVerdict } from '../apply-device-report.ts';
import { announceOperations, type GatewayCore } from '../gateway-core.ts';
import { operationRecordKey } from '../record-key.ts';
import { transact } from '../transact.ts';
import type { AuthenticRequest } from './authenticate-channel.ts';
import { parseJsonBody } from './read-body.ts';

/** `POST /channel/report`: what the device says about operations, acknowledged once it is durable. */
export async function takeReports(core: GatewayCore, { device, body }: AuthenticRequest): Promise<ReportReply> {
  const { reports } = parseOrThrow(reportRequestSchema, parseJsonBody(body), 'report');
  const reply: ReportReply = { acknowledged: [], refused: [] };
  for (const { operationKey, reportSequence, report } of reports) {
    const key = operationRecordKey(device.tenantId, operationKey);
    const verdict = await core.lock.run(device.deviceId, () =>
      transact<ReportVerdict>(core.store, async () => {
        const result = applyDeviceReport(device, await core.store.read('operations', key), reportSequence, report);
        return { writes: result.verdict === 'applied' ? [{ table: 'operations', record: result.record }] : [], result };
      }),
    );
    if (verdict.verdict === 'refused') reply.refused.push({ operationKey, reportSequence, code: verdict.code, message: verdict.message });
    else reply.acknowledged.push({ operationKey, reportSequence });
    if (verdict.verdict === 'applied') announceOperations(core, [verdict.record]);
  }
  return reply;
}
