import { SnapshotError } from '../errors/snapshot-error.ts';

const allowed = /^[a-z0-9-][a-z0-9.-]{0,99}$/;

/** Whether a name can be a file's name in every storage. */
export function isFileName(name: string): boolean {
  return allowed.test(name);
}

/** Refuses names that could leave their folder or collide on some storage. @throws {SnapshotError} `argument/invalid` */
export function requireFileName(name: string): void {
  if (!isFileName(name))
    throw new SnapshotError('argument/invalid', `${JSON.stringify(name)} cannot name a stored file: 1 to 100 of a-z, 0-9, "-" and ".", not starting with "."`);
}
