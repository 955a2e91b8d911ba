import type { DamagedPack, DamagedSnapshot, RepairFacts } from './repair-facts.ts';
import type { RepairAction } from './repair-report.ts';

/** What the caller decides about a repair. */
export interface RepairChoices {
  readonly forgetUnrepairable: boolean;
  readonly graceMs: number;
}

/** Decides what a repair does, in the order in which it is done. Pure. */
export function planRepair(facts: RepairFacts, choices: RepairChoices): readonly RepairAction[] {
  const ofPacks = facts.packs.flatMap((pack) => judgePack(pack, facts.nowMs, choices.graceMs) ?? []);
  const condemned = ofPacks.filter(({ action }) => action === 'condemn');
  const unrepairable = choices.forgetUnrepairable ? { action: 'forget', words: 'given up as asked' } as const : { action: 'keep', words: 'it cannot be repaired, and stays until it is forgotten' } as const;
  return [
    ...facts.configs.map(({ name, problem }) => ({ action: 'write', file: `config/${name}`, reason: `${problem}; the other copy is intact` }) as const),
    ...facts.unlistedPacks.map((name) => ({ action: 'list', file: `pack/${name}`, reason: 'no index file lists it' }) as const),
    ...ofPacks.filter(({ action }) => action === 'list'),
    ...facts.indexFiles.map(({ name, problem }) => ({ action: 'delete', file: `index/${name}`, reason: `${problem}; the packs it listed are listed anew` }) as const),
    ...condemned,
    ...facts.epochs.map(({ name, problem }) => ({ action: 'delete', file: `epoch/${name}`, reason: `${problem}; a new epoch takes its place` }) as const),
    ...facts.snapshots.map((snapshot) => judgeSnapshot(snapshot, unrepairable)),
    ...facts.unreadable.map(({ kind, name, problem }) => ({ action: unrepairable.action, file: `${kind}/${name}`, reason: `${problem}; ${unrepairable.words}` })),
    ...ofPacks.filter(({ action }) => action === 'delete' || action === 'keep'),
    ...facts.foreign.map(({ kind, name, problem }) => ({ action: 'keep', file: `${kind}/${name}`, reason: problem }) as const),
  ];
}

function judgePack({ name, state, problem, endangeredCount, condemnedAtMs }: DamagedPack, nowMs: number, graceMs: number): RepairAction | undefined {
  const file = `pack/${name}`;
  if (state === 'missing') return { action: 'list', file, reason: problem };
  if (state === 'unknown' && condemnedAtMs !== undefined) {
    const since = `${problem}; condemned on ${new Date(condemnedAtMs).toISOString()}`;
    return nowMs - condemnedAtMs < graceMs
      ? { action: 'keep', file, reason: `${since}, and deleted by a repair when the grace time of ${graceMs} ms is over` }
      : { action: 'delete', file, reason: since };
  }
  // Nothing is left to do until prune deletes it.
  if (condemnedAtMs !== undefined && endangeredCount === 0) return undefined;
  const rescued = endangeredCount === 0 ? 'no snapshot needs anything of it that is not intact elsewhere' : `${endangeredCount} of its intact objects are needed and copied`;
  return { action: 'condemn', file, reason: state === 'unknown' ? problem : `${problem}; ${rescued}` };
}

function judgeSnapshot({ id, problem, repaired }: DamagedSnapshot, unrepairable: { readonly action: 'forget' | 'keep'; readonly words: string }): RepairAction {
  const file = `snapshot/${id}`;
  if (!repaired) return { action: unrepairable.action, file, reason: `${problem}; ${unrepairable.words}` };
  const lost = [
    ...(repaired.lostFiles > 0 ? [`${repaired.lostFiles} files have lost their content`] : []),
    ...(repaired.lostPages > 0 ? [`${repaired.lostPages} times a part of a directory is lost`] : []),
  ].join(', ');
  return { action: 'replace', file, reason: `${problem}: ${lost}; the rest is kept`, newSnapshotId: repaired.newId };
}
