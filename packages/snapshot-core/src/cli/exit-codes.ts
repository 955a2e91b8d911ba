import { SnapshotError, type SnapshotErrorCode } from '../index.ts';

/** What the command's exit status means. Stable within a major version. */
export const exitCodes = {
  done: { status: 0, meaning: 'done' },
  failed: { status: 1, meaning: 'failed' },
  wrongUsage: { status: 2, meaning: 'wrong usage: an option, argument or value that cannot be' },
  incomplete: { status: 3, meaning: 'done, but incomplete: some items could not be read, restored, checked or rolled back' },
  damaged: { status: 4, meaning: 'damage was found in the repository' },
  locked: { status: 5, meaning: 'another process holds the repository' },
  wrongKey: { status: 6, meaning: 'the password or key is wrong, missing or outdated' },
  notFound: { status: 7, meaning: 'there is no such repository, snapshot or path' },
  interrupted: { status: 130, meaning: 'interrupted by Ctrl-C or SIGTERM' },
} as const satisfies Record<string, { status: number; meaning: string }>;

/** How a run of the command ended. */
export type ExitName = keyof typeof exitCodes;

const namesByCode: Partial<Record<SnapshotErrorCode, ExitName>> = {
  'argument/invalid': 'wrongUsage',
  'snapshot/wrong-kind': 'wrongUsage',
  'format/damaged': 'damaged',
  'object/damaged': 'damaged',
  'object/missing': 'damaged',
  'repository/locked': 'locked',
  'repository/key-required': 'wrongKey',
  'repository/wrong-key': 'wrongKey',
  'repository/key-outdated': 'wrongKey',
  'repository/not-found': 'notFound',
  'snapshot/not-found': 'notFound',
  'snapshot/path-not-found': 'notFound',
};

/** How a run ends that was stopped by this error. Pure. */
export function exitOf(error: unknown): ExitName {
  return (SnapshotError.isInstance(error) ? namesByCode[error.code] : undefined) ?? 'failed';
}
