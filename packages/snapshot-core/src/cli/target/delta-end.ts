import { stat } from 'node:fs/promises';
import type { DeltaEnd } from '../../index.ts';
import { leaseOf } from '../global-flags.ts';
import { openChosenRepository } from '../repository/chosen-repository.ts';
import { resolveSnapshot } from '../repository/resolve-snapshot.ts';
import type { VerbContext } from '../verb.ts';

/**
 * Finds what a delta leads from or to: a file or block device when there is one of that name, else a snapshot of the repository.
 * `snapshot:NAME` is always a snapshot, and `./NAME` always a file.
 *
 * @throws {SnapshotError} `argument/invalid`, `snapshot/not-found`, `repository/*`
 */
export async function findDeltaEnd(context: VerbContext, name: string): Promise<DeltaEnd> {
  const isSnapshot = name.startsWith(snapshotPrefix);
  const present = isSnapshot ? undefined : await stat(name).catch(() => {});
  if (present !== undefined || (!isSnapshot && name.includes('/'))) return { kind: 'file', path: name };
  const repository = await openChosenRepository(context);
  const { id } = await resolveSnapshot(repository, isSnapshot ? name.slice(snapshotPrefix.length) : name, { signal: context.signal });
  return { kind: 'snapshot', repository, snapshotId: id };
}

const snapshotPrefix = 'snapshot:';

/** Runs work while the repositories of the ends are held, so that nothing they need is pruned meanwhile. */
export async function holdEnds<T>(context: VerbContext, ends: readonly DeltaEnd[], work: () => Promise<T>): Promise<T> {
  const [end, ...others] = ends;
  if (end === undefined) return work();
  const next = () => holdEnds(context, others, work);
  return end.kind === 'snapshot' ? end.repository.withLease('shared', next, { signal: context.signal, ...leaseOf(context.flags) }) : next();
}
