import type { RollbackAction } from '../../index.ts';

/** Paths and bytes that one kind of action touches. */
export interface LossCount {
  count: number;
  bytes: number;
}

/** What a rollback would do, added up. */
export interface RollbackLosses {
  /** Not in the snapshot: gone afterwards. */
  readonly deleted: LossCount;
  /** Present bytes that differ from the snapshot: gone afterwards. */
  readonly overwritten: LossCount;
  /** Missing here: comes back. */
  readonly created: LossCount;
  readonly metadata: LossCount;
  /** Cannot be done. */
  readonly blocked: LossCount;
  /** The first paths that lose something, safe to print. */
  readonly firstLost: string[];
}

const firstLostCount = 20;

/** An empty sum. */
export function noLosses(): RollbackLosses {
  const none = (): LossCount => ({ count: 0, bytes: 0 });
  return { deleted: none(), overwritten: none(), created: none(), metadata: none(), blocked: none(), firstLost: [] };
}

/** Adds one planned action to the sum. */
export function addLoss(losses: RollbackLosses, { action, displayPath, lostBytes, writeBytes }: Pick<RollbackAction, 'action' | 'displayPath' | 'lostBytes' | 'writeBytes'>): void {
  const sum = sumOf(losses, action);
  if (sum === undefined) return;
  sum.count += 1;
  sum.bytes += sum === losses.created ? writeBytes : lostBytes;
  if ((sum === losses.deleted || sum === losses.overwritten) && losses.firstLost.length < firstLostCount) losses.firstLost.push(displayPath === '' ? '.' : displayPath);
}

function sumOf(losses: RollbackLosses, action: RollbackAction['action']): LossCount | undefined {
  switch (action) {
    case 'delete': return losses.deleted;
    case 'rewrite': case 'replace': case 'link': return losses.overwritten;
    case 'create': return losses.created;
    case 'set-metadata': return losses.metadata;
    case 'blocked': return losses.blocked;
    case 'keep': return undefined;
  }
}
