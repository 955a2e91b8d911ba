import { displayPath } from '../source/byte-path.ts';
import type { DirectoryHandle } from '../source/directory-handle.ts';
import { lookAt, type PresentEntry } from '../source/list-directory.ts';
import { systemErrorCode } from '../source/system-error-code.ts';
import type { RollbackStep } from './rollback-context.ts';

/** A name that is there, and that nobody can look at. */
export interface UnseenEntry {
  readonly name: Uint8Array;
  readonly directory: DirectoryHandle;
  readonly facts: undefined;
  /** Of the system's error. */
  readonly code: string;
}

/** Yields what is in a directory of the target now, as `listDirectory` does; what nobody can look at comes without facts. */
export function* listTarget(directory: DirectoryHandle): Generator<PresentEntry | UnseenEntry> {
  for (const name of directory.names()) {
    const entry = lookAtName(directory, name);
    if (entry !== undefined) yield entry;
  }
}

function lookAtName(directory: DirectoryHandle, name: Uint8Array): PresentEntry | UnseenEntry | undefined {
  try {
    const facts = lookAt(directory, name);
    return facts && { name, directory, facts };
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    return { name, directory, facts: undefined, code };
  }
}

/** What nobody can look at stays as it is, and is reported. */
export function unseenStep({ name, directory, code }: UnseenEntry, path: Uint8Array): RollbackStep {
  const action = { path, displayPath: displayPath(path), action: 'blocked', type: 'unread', reason: `nobody can look at what is here: ${code}; it stays`, writeBytes: 0, lostBytes: 0 } as const;
  return { step: 'act', action, directory, name, present: undefined };
}
