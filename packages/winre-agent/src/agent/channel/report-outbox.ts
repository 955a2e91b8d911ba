import { utf8 } from '@winre-kit/sdk';
import { deviceReportSchema, protocolLimits, type DeviceReport, type DeviceReportInput, type ReportReply } from '../../protocol/index.ts';
import type { OperationLedger } from '../state/operation-ledger.ts';
import { createWaitList } from './wait-list.ts';

interface WaitingReport {
  readonly operationKey: string;
  readonly reportSequence: number;
  readonly report: DeviceReport;
}

/** Reports on their way to the gateway. Final ones come from the ledger, so they survive a kill; of progress only the newest per operation is kept. */
export interface ReportOutbox {
  progress(operationKey: string, reportSequence: number, report: DeviceReportInput): void;
  /** Call after a `finished` entry was appended. */
  finished(): void;
  /** Waits until there is something to send. */
  nextBatch(signal: AbortSignal): Promise<readonly WaitingReport[]>;
  /** Takes acknowledged and refused reports out; those that are final are marked in the ledger. */
  settle(reply: ReportReply): Promise<void>;
  /** Resolves when every final report is acknowledged. */
  whenDelivered(signal: AbortSignal): Promise<void>;
}

export function createReportOutbox(ledger: OperationLedger): ReportOutbox {
  const latestProgress = new Map<string, WaitingReport>();
  const changes = createWaitList();
  const finals = (): WaitingReport[] =>
    [...ledger.view.operations.values()].flatMap(({ operationKey, finalReport }) =>
      finalReport && !finalReport.acknowledged ? [{ operationKey, reportSequence: finalReport.reportSequence, report: finalReport.report }] : [],
    );

  return {
    progress(operationKey, reportSequence, report) {
      latestProgress.set(operationKey, { operationKey, reportSequence, report: deviceReportSchema.parse(report) });
      changes.notify();
    },
    finished: () => changes.notify(),
    async nextBatch(signal) {
      for (;;) {
        const done = finals();
        const doneKeys = new Set(done.map(({ operationKey }) => operationKey));
        // A final report says all that its progress could.
        const batch = [...[...latestProgress.values()].filter(({ operationKey }) => !doneKeys.has(operationKey)), ...done];
        if (batch.length > 0) return fitting(batch);
        await changes.wait(signal);
      }
    },
    async settle(reply) {
      for (const { operationKey, reportSequence } of [...reply.acknowledged, ...reply.refused]) {
        if ((latestProgress.get(operationKey)?.reportSequence ?? Infinity) <= reportSequence) latestProgress.delete(operationKey);
        const finalReport = ledger.view.operations.get(operationKey)?.finalReport;
        if (finalReport?.reportSequence === reportSequence && !finalReport.acknowledged) await ledger.append({ entry: 'acknowledged', operationKey, reportSequence });
      }
      changes.notify();
    },
    async whenDelivered(signal) {
      while (finals().length > 0) await changes.wait(signal);
    },
  };
}

/** As many reports as go into one request; the first always does. */
function fitting(reports: readonly WaitingReport[]): readonly WaitingReport[] {
  let budget = protocolLimits.maxBodyBytes * 0.9;
  const limited = reports.slice(0, protocolLimits.maxReportsPerRequest);
  const end = limited.findIndex((report) => (budget -= utf8(JSON.stringify(report)).length) < 0);
  return end < 0 ? limited : limited.slice(0, Math.max(1, end));
}
