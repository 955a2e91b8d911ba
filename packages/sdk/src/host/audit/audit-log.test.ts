import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock } from '@winre-kit/testkit';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createStatementSigner, generateSigningKey } from '../../trust/ed25519.ts';
import type { AuditEntryInput, AuditExport } from './audit-entry.ts';
import { auditLeafHash } from './audit-leaf.ts';
import type { AuditLog } from './audit-log.ts';
import { createAuditLog } from './create-audit-log.ts';
import { createFileAuditStore } from './file-audit-store.ts';
import { createMemoryAuditStore } from './memory-audit-store.ts';
import { verifyAuditExport } from './verify-audit-export.ts';
import { verifyConsistency, verifyInclusion } from './verify-merkle-proof.ts';

const clock = createManualClock();
const signer = createStatementSigner(await generateSigningKey());
const stranger = createStatementSigner(await generateSigningKey());
const note = (message: string): AuditEntryInput => ({ kind: 'plugin.note', actor: 'host', subject: { deviceId: 'device-1' }, message, facts: { message } });

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'audit-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

async function logOf(count: number): Promise<AuditLog> {
  const log = await createAuditLog({ store: createMemoryAuditStore(), clock, signer });
  for (let index = 0; index < count; index += 1) await log.append(note(`note ${index}`));
  return log;
}
function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new RangeError(`no item ${index}`);
  return item;
}
const exported = (log: AuditLog): Promise<AuditExport> => log.exportAudit();

test('an export verifies with nothing but itself, and says what that does not show', async () => {
  const bundle = JSON.parse(JSON.stringify(await exported(await logOf(5)))) as unknown;
  expect(await verifyAuditExport(bundle)).toMatchObject({ ok: true, reasons: [], size: 5, limits: [expect.stringContaining('no trusted key'), expect.stringContaining('no earlier checkpoint')] });
  expect(await verifyAuditExport(bundle, { trustedCheckpointKeys: [signer.publicKey] })).toMatchObject({ ok: true });
  expect(await verifyAuditExport(bundle, { trustedCheckpointKeys: [stranger.publicKey] })).toMatchObject({ ok: false, reasons: [expect.stringContaining('not signed by a trusted key')] });
});

test('editing, reordering, removing, adding or cutting off entries is detected', async () => {
  const good = await exported(await logOf(8));
  const alterations: Record<string, (bundle: AuditExport) => void> = {
    edit: ({ entries }) => void (entries[3] = { ...at(entries, 3), message: 'something else' }),
    'edit a fact': ({ entries }) => void (at(entries, 0).facts['message'] = 'x'),
    reorder: ({ entries }) => void entries.splice(2, 2, at(entries, 3), at(entries, 2)),
    'reorder and renumber': ({ entries }) => void entries.splice(2, 2, { ...at(entries, 3), sequence: 2 }, { ...at(entries, 2), sequence: 3 }),
    remove: ({ entries }) => void entries.splice(4, 1),
    'remove and renumber': (bundle) => void (bundle.entries = bundle.entries.filter((_, index) => index !== 4).map((entry, sequence) => ({ ...entry, sequence }))),
    truncate: ({ entries }) => void entries.pop(),
    add: ({ entries }) => void entries.push({ ...at(entries, 0), sequence: 8 }),
    'take away the last checkpoint': (bundle) => void (bundle.checkpoints = [{ statement: { ...at(bundle.checkpoints, 0).statement, size: 7 } }]),
    'forge a checkpoint': ({ checkpoints }) => void (at(checkpoints, 0).statement.at = '2020-01-01T00:00:00.000Z'),
  };
  for (const [name, alter] of Object.entries(alterations)) {
    const bundle = structuredClone(good);
    alter(bundle);
    expect((await verifyAuditExport(bundle)).ok, name).toBe(false);
  }
  expect((await verifyAuditExport({ kind: 'something' })).reasons).toEqual([expect.stringContaining('not an audit export')]);
});

test('any change of any entry changes the root', async () => {
  const good = await exported(await logOf(6));
  await fc.assert(fc.asyncProperty(fc.nat({ max: 5 }), fc.string({ minLength: 1 }), async (index, suffix) => {
    const bundle = structuredClone(good);
    at(bundle.entries, index).message += suffix;
    expect((await verifyAuditExport(bundle)).ok).toBe(false);
  }), { numRuns: 30 });
});

test('a shorter log with checkpoints of its own is found out by an earlier checkpoint', async () => {
  const log = await logOf(5);
  const kept = await log.checkpoint();
  const rewritten = await exported(await logOf(4));
  expect((await verifyAuditExport(rewritten, { trustedCheckpointKeys: [signer.publicKey] })).ok).toBe(true);
  expect(await verifyAuditExport(rewritten, { earlierCheckpoints: [kept] })).toMatchObject({ ok: false, reasons: [expect.stringContaining('entries were cut off')] });
  await log.append(note('later'));
  expect(await verifyAuditExport(await exported(log), { earlierCheckpoints: [kept] })).toMatchObject({ ok: true });
});

test('proofs of the log verify', async () => {
  const log = await logOf(7);
  const { entries } = await exported(log);
  expect(verifyInclusion({ leaf: auditLeafHash(at(entries, 2)), index: 2, size: log.size, root: log.root, proof: log.inclusionProof(2) })).toBe(true);
  const before = { size: log.size, root: log.root };
  await log.append(note('later'));
  expect(verifyConsistency({ firstSize: before.size, firstRoot: before.root, secondSize: log.size, secondRoot: log.root, proof: log.consistencyProof(before.size) })).toBe(true);
  expect(() => log.inclusionProof(99)).toThrow(expect.objectContaining({ code: 'not-found' }) as Error);
});

test('a file goes on with the same tree, and refuses one that lost entries before a checkpoint', async () => {
  const path = join(folder, 'audit');
  const first = await createAuditLog({ store: await createFileAuditStore(path), clock, signer });
  await first.append(note('one'));
  await first.checkpoint();
  const { root } = first;
  await first.close();
  const second = await createAuditLog({ store: await createFileAuditStore(path), clock, signer });
  expect(second).toMatchObject({ size: 1, root });
  await second.append(note('two'));
  expect((await verifyAuditExport(await exported(second))).ok).toBe(true);
  await second.close();

  const entry = { ...note('one'), sequence: 0, at: '2026-11-22T03:00:00.000Z' };
  const checkpoint = { statement: { kind: 'winre-audit-checkpoint/v1' as const, size: 2, root, at: entry.at } };
  await expect(createAuditLog({ store: createMemoryAuditStore([{ type: 'entry', entry }, { type: 'checkpoint', checkpoint }]), clock })).rejects.toMatchObject({ code: 'data-loss' });
  await expect(createAuditLog({ store: createMemoryAuditStore([{ type: 'entry', entry: { ...entry, sequence: 1 } }]), clock })).rejects.toMatchObject({ code: 'data-loss' });
});

test('what cannot be stored is not in the log', async () => {
  const store = createMemoryAuditStore();
  let broken = true;
  const log = await createAuditLog({ store: { ...store, append: (record) => (broken ? Promise.reject(new Error('full')) : store.append(record)) }, clock });
  await expect(log.append(note('lost'))).rejects.toThrow('full');
  broken = false;
  expect(await log.append(note('kept'))).toMatchObject({ sequence: 0, message: 'kept' });
  expect(log.size).toBe(1);
});
