import { joinPath } from '../../src/source/byte-path.ts';
import { openDirectory } from '../../src/source/directory-handle.ts';
import type { DirectoryHandle } from '../../src/source/directory-handle.ts';
import { listDirectory } from '../../src/source/list-directory.ts';
import { loadExtendedAttributes } from '../../src/source/load-extended-attributes.ts';

export const { attributes: attributePort } = await loadExtendedAttributes();

/** Sets one attribute of a file, directory or symlink itself. */
export function setAttribute(path: string, name: string, value: Uint8Array | string): void {
  attributePort.set(Buffer.from(path), Buffer.from(name), Buffer.from(value));
}

/** Names and values in hexadecimal; without labels, which a system may put everywhere. */
export function attributesOf(path: string | Uint8Array): Record<string, string> {
  const names = attributePort.list(Buffer.from(path)).map((name) => Buffer.from(name)).filter((name) => !name.equals(Buffer.from('security.selinux')));
  return Object.fromEntries(names.map((name) => [name.toString(), Buffer.from(attributePort.get(Buffer.from(path), name) ?? []).toString('hex')]));
}

/** Modes and attributes of everything in a tree, by relative path. */
export function allAttributes(root: string): Record<string, object> {
  const found: Record<string, object> = {};
  const visit = (directory: DirectoryHandle, path: Uint8Array): void => {
    found[Buffer.from(path).toString('latin1')] = { mode: directory.facts.mode, ...attributesOf(directory.pathOf(Buffer.from('.'))) };
    for (const { name, facts } of listDirectory(directory)) {
      const childPath = joinPath(path, name);
      if (facts.type !== 'directory') found[Buffer.from(childPath).toString('latin1')] = { mode: facts.mode, ...attributesOf(directory.pathOf(name)) };
      else {
        const child = directory.openChild(name);
        visit(child, childPath);
        child.close();
      }
    }
    directory.close();
  };
  visit(openDirectory(root), new Uint8Array(0));
  return found;
}

/** An access ACL: owner rw, user 1234 r, group r, mask r, other none, as Linux stores it. */
export const sampleAcl = Buffer.from(['02000000', '01000600ffffffff', '02000400d2040000', '04000400ffffffff', '10000400ffffffff', '20000000ffffffff'].join(''), 'hex');
