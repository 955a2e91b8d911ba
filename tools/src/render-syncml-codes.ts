import { alertCodes } from '../../packages/sdk/src/windows/syncml/alert-codes.table.ts';
import { statusCodes } from '../../packages/sdk/src/windows/syncml/status-codes.table.ts';
import { generatedNote, renderCodes, type ReferencePage } from './render-reference.ts';

const outcomes = { done: 'took effect', accepted: 'will, or goes on', 'not-done': 'did not', unknown: 'unknown: read back' } as const;

/** What OMA DM answers with, and what it alerts with. */
export function renderSyncMlCodesPage(): ReferencePage {
  const statuses = renderCodes({
    title: 'Statuses',
    lead: 'Source P is Microsoft’s [list for Windows](https://learn.microsoft.com/windows/client-management/oma-dm-protocol-support), S only the OMA’s, which that list refers to.',
    columns: ['meaning', 'the command', 'retry', 'another dialect may work', 'source'],
    codes: statusCodes,
    cells: ({ meaning, outcome, retry, mayBeUnknownNode, grade }) => [meaning, outcomes[outcome], retry.replaceAll('-', ' '), mayBeUnknownNode ? 'yes' : '', grade],
  });
  const alerts = renderCodes({
    title: 'Alerts',
    lead: 'Section 2.2.7.2 of [MS-MDM](https://learn.microsoft.com/openspecs/windows_protocols/ms-mdm).',
    columns: ['name in `alertCodes`'],
    codes: Object.fromEntries(Object.entries(alertCodes).map(([name, code]) => [code, name])),
    cells: (name) => [`\`${name}\``],
  });
  const lead = 'What `describeStatusCode` and `alertCodes` of `@winre-kit/sdk/windows` say. Codes are SyncML’s, not the contract’s: those are [error codes](error-codes.md).';
  return { file: 'docs/reference/syncml-codes.md', text: [generatedNote, '# SyncML codes', '', lead, '', statuses, alerts].join('\n') };
}
