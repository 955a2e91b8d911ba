import { planRollback, type Repository, type SnapshotRecord } from '../../index.ts';
import type { VerbContext } from '../verb.ts';
import { countDifferingBytes } from './compare-image.ts';
import type { OpenedTarget } from './open-rollback-target.ts';
import { addLoss, noLosses, type RollbackLosses } from './rollback-losses.ts';

/**
 * Compares the target with the snapshot, every byte, and adds up what a rollback would do. Only looks.
 *
 * @param listActions tell each action that changes something, not only their sum
 * @throws {SnapshotError} `snapshot/*`, `target/unusable`, `rollback/repository-on-target`, `object/*`
 */
export async function planLosses({ output, signal }: VerbContext, repository: Repository, record: SnapshotRecord, { target, path }: OpenedTarget, listActions: boolean): Promise<RollbackLosses> {
  const losses = noLosses();
  if (typeof target !== 'string') {
    const bytesTotal = record.statistics.totalBytes;
    const bytes = await countDifferingBytes(repository, record.id, target, (bytesDone) => output.progress({ phase: 'compare', bytesDone, bytesTotal }), signal);
    if (bytes > 0) addLoss(losses, { action: 'rewrite', displayPath: path, lostBytes: bytes, writeBytes: bytes });
    output.endProgress();
    return losses;
  }
  let filesDone = 0;
  for await (const step of planRollback(repository, record.id, target, { signal })) {
    addLoss(losses, step);
    output.progress({ phase: 'compare', bytesDone: 0, filesDone: (filesDone += 1) });
    const { action, displayPath, type, reason, lostBytes, writeBytes } = step;
    if (!listActions || action === 'keep') continue;
    output.tell({ type: 'action', action, path: displayPath, pathBase64: Buffer.from(step.path).toString('base64'), entryType: type, reason, lostBytes, writeBytes }, () => `${action.padEnd(12)} ${displayPath === '' ? '.' : displayPath}  (${reason})`);
    if (!(await output.caughtUp())) break;
  }
  output.endProgress();
  return losses;
}
