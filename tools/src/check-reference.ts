import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { operationTransitions } from '../../packages/sdk/src/contract/operation-transitions.table.ts';
import { errorCodes } from '../../packages/sdk/src/errors/error-codes.table.ts';
import { errorCodes as snapshotErrorCodes } from '../../packages/snapshot-core/src/errors/error-codes.ts';
import type { Finding } from './finding.ts';
import { renderCodes, renderCodesPage, renderStatesPage, type ReferencePage } from './render-reference.ts';
import { renderSyncMlCodesPage } from './render-syncml-codes.ts';
import { renderWindowsNodesPage } from './render-windows-nodes.ts';
import { reportFindings } from './report-findings.ts';

/** The pages as the tables of the sources want them now. */
export function renderReference(): ReferencePage[] {
  const recoveryCodes = renderCodes({
    title: 'RecoveryError, of @winre-kit/sdk',
    lead: 'Thrown by the host, plug-ins, the agent and the gateway. That a device ran something and it failed is no error, but the state `failed` of the operation.',
    columns: ['meaning', 'who acts', 'retry'],
    codes: errorCodes,
    cells: ({ meaning, actor, retry }) => [meaning, actor, retry.replaceAll('-', ' ')],
  });
  const snapshotCodes = renderCodes({
    title: 'SnapshotError, of @winre-kit/snapshot-core',
    lead: '"Retry" says whether the same call can succeed later without anybody changing anything.',
    columns: ['meaning', 'retry'],
    codes: snapshotErrorCodes,
    cells: ({ meaning, retryable }) => [meaning, retryable ? 'yes' : 'no'],
  });
  return [renderCodesPage([recoveryCodes, snapshotCodes]), renderStatesPage(operationTransitions), renderWindowsNodesPage(), renderSyncMlCodesPage()];
}

/** Reports pages that are missing or no longer say what the tables say. */
export function checkReference(root: string, pages: readonly ReferencePage[]): Finding[] {
  return pages
    .filter(({ file, text }) => !existsSync(join(root, file)) || readFileSync(join(root, file), 'utf8') !== text)
    .map(({ file }) => ({ file, line: 0, message: 'does not say what the tables in the sources say; run `pnpm check reference --update`' }));
}

export function updateReference(root: string, pages: readonly ReferencePage[]): void {
  for (const { file, text } of pages) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
}

if (import.meta.main) {
  const pages = renderReference();
  if (process.argv.includes('--update')) updateReference(process.cwd(), pages);
  process.exitCode = reportFindings('reference', checkReference(process.cwd(), pages));
}
