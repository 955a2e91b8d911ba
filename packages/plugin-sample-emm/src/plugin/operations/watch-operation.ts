import { isTerminalState, operationReportSchema, type CallContext, type OperationHandle, type OperationReport } from '@winre-kit/sdk';
import { followLines } from '../follow-lines.ts';
import type { SampleEmm } from '../sample-emm.ts';
import { operationAddress } from './operation-address.ts';

/** Reports until a terminal one. The EMM says first how things stand, so a stream that was cut is opened again, and what was seen already is left out. */
export async function* watchOperation(emm: SampleEmm, handle: OperationHandle, call: CallContext): AsyncGenerator<OperationReport> {
  let last = '';
  const open = (): { path: string; query: Readonly<Record<string, string>> } => operationAddress(handle, '/reports');
  for await (const report of followLines(emm, { open, line: operationReportSchema, doing: `watching operation ${handle.operationKey}` }, call)) {
    const text = JSON.stringify(report);
    if (text === last) continue;
    last = text;
    yield report;
    if (isTerminalState(report.state)) return;
  }
}
