import type { DirectoryHandle } from '../../source/directory-handle.ts';
import type { ExtendedAttributes } from '../../source/extended-attributes.ts';
import { systemErrorCode } from '../../source/system-error-code.ts';

/** Whether what is made in a directory gets no extended attributes: it has none itself, neither an ACL to inherit nor a label. */
export function givesNoAttributes(attributes: ExtendedAttributes, directory: DirectoryHandle): boolean {
  try {
    return !attributes.isAvailable || attributes.list(directory.pathOf(currentDirectory)).length === 0;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return ['ENOTSUP', 'EOPNOTSUPP'].includes(systemErrorCode(error) ?? '');
  }
}

const currentDirectory = Buffer.from('.');
