import { isEntryName } from '../../format/entry-name.ts';
import type { UnreadReason } from '../../format/tree-entry.ts';
import type { FileFacts } from '../../source/file-facts.ts';
import { entryFacts } from '../entry-facts.ts';
import type { TakeContext } from './take-context.ts';
import type { TakenItem } from './taken-item.ts';

/** Stand in an entry for what the file system did not tell. */
const unknownFacts = { mode: 0, userId: 0, groupId: 0, modifiedMicros: 0n, changedNanos: 0n, device: 0n, inode: 0n, linkCount: 0 } as const;

/** What is kept by name, and why. */
export interface UnreadItem {
  readonly name: Uint8Array;
  /** `undefined` when nobody could look at it. */
  readonly facts: FileFacts | undefined;
  readonly reason: UnreadReason;
  /** For people. */
  readonly message: string;
}

/**
 * Keeps what was not read by name alone, so that a rollback knows it was there and leaves it alone; counts it and says so.
 *
 * @returns `undefined` when not even the name can be stored
 */
export function keepByName({ tally }: Pick<TakeContext, 'tally'>, path: Uint8Array, { name, facts, reason, message }: UnreadItem): Extract<TakenItem, { kind: 'entry' }> | undefined {
  tally.skipped += 1;
  // What was left out on purpose is no surprise to anybody.
  if (reason !== 'excluded' && reason !== 'repository') tally.issues.add(path, reason, message);
  if (!isEntryName(name)) return undefined;
  return { kind: 'entry', entry: { type: 'unread', ...(facts === undefined ? { ...unknownFacts, name } : entryFacts(name, facts)), size: 0, reason } };
}

/** Why something could not be read, by the code of the system's error. */
export function reasonOfCode(code: string): 'permission' | 'failed' {
  return code === 'EACCES' || code === 'EPERM' ? 'permission' : 'failed';
}
