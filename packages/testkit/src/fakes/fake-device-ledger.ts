import { instantAt, toBase64, type Clock } from '@winre-kit/sdk';
import type { DeviceReportInput, OpenOperation, OperationCommand, ReportReply, ReportRequestInput } from '@winre-kit/winre-agent/protocol';

interface LedgerEntry {
  readonly command: OperationCommand;
  state: OpenOperation['state'];
  nextReportSequence: number;
}

/** What a fake device keeps over a restart: which commands it has, and the reports nobody has acknowledged yet. */
export interface FakeDeviceLedger {
  readonly stateGeneration: string;
  readonly lastCommandSequence: number;
  readonly openOperations: readonly OpenOperation[];
  readonly unsent: ReportRequestInput['reports'];
  /** False when the operation is known already: it is not to be executed again. */
  record(command: OperationCommand): boolean;
  has(operationKey: string): boolean;
  report(operationKey: string, state: DeviceReportInput['state'], more?: Partial<DeviceReportInput>): void;
  settle(reply: ReportReply): void;
  /** Everything is gone, as with a wiped state folder. */
  lose(): void;
}

export function createFakeDeviceLedger(clock: Clock, randomBytes: (length: number) => Uint8Array): FakeDeviceLedger {
  const entries = new Map<string, LedgerEntry>();
  let reports: ReportRequestInput['reports'][number][] = [];
  let stateGeneration = toBase64(randomBytes(24));
  let lastCommandSequence = 0;

  return {
    get stateGeneration() {
      return stateGeneration;
    },
    get lastCommandSequence() {
      return lastCommandSequence;
    },
    get openOperations() {
      const open = [...entries].filter(([key, { state }]) => state !== 'finished' || reports.some((report) => report.operationKey === key));
      return open.map(([operationKey, { state }]) => ({ operationKey, state }));
    },
    get unsent() {
      return reports;
    },
    record(command) {
      lastCommandSequence = Math.max(lastCommandSequence, command.sequence);
      if (entries.has(command.operationKey)) return false;
      entries.set(command.operationKey, { command, state: 'received', nextReportSequence: 1 });
      return true;
    },
    has: (operationKey) => entries.has(operationKey),
    report(operationKey, state, more = {}) {
      const entry = entries.get(operationKey);
      if (!entry) return;
      entry.state = state === 'succeeded' || state === 'failed' ? 'finished' : state === 'delivered' ? 'received' : 'started';
      reports.push({ operationKey, reportSequence: entry.nextReportSequence, report: { state, rawState: state, observedAt: instantAt(clock.now()), ...more } });
      entry.nextReportSequence += 1;
    },
    settle({ acknowledged, refused }) {
      const done = new Set([...acknowledged, ...refused].map(({ operationKey, reportSequence }) => `${operationKey} ${reportSequence}`));
      reports = reports.filter(({ operationKey, reportSequence }) => !done.has(`${operationKey} ${reportSequence}`));
    },
    lose() {
      entries.clear();
      reports = [];
      lastCommandSequence = 0;
      stateGeneration = toBase64(randomBytes(24));
    },
  };
}
