import { join } from 'node:path';
import { requireFileName } from './file-name.ts';
import { kindFolders } from './kind-folders.ts';
import type { FileKind } from './storage.ts';

/** Path of a file in a local repository. @throws {SnapshotError} `argument/invalid` for a name that no file may have */
export function localFilePath(root: string, kind: FileKind, name: string): string {
  requireFileName(name);
  return join(root, kindFolders[kind], name);
}
