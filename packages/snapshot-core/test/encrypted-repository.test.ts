import { createDecipheriv, createHash, createHmac, hkdfSync, scryptSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { SnapshotError } from '../src/errors/snapshot-error.ts';
import { decodeKeyFile, encodeKeyFile } from '../src/format/key-file.ts';
import { sealFile } from '../src/format/sealed-file.ts';
import { checkRepository } from '../src/repository/check-repository.ts';
import { createRepository, openRepository } from '../src/repository/open-repository.ts';
import type { OpenRepositoryOptions } from '../src/repository/repository-options.ts';
import { createMemoryStorage } from '../src/storage/memory-storage.ts';
import type { FileKind, Storage } from '../src/storage/storage.ts';
import { collect } from './collect.ts';
import { createFaultStorage, flipBit, rewriteFile } from './fault-storage.ts';
import { createHolder, createSeededBytes, createSteppingClock } from './lent-machine.ts';
import { loadSampleSnapshot, takeSampleSnapshot } from './sample-snapshot.ts';
import { sampleSnapshot } from './sample-values.ts';
import { encodeSnapshotRecord } from '../src/format/snapshot-record.ts';

const kinds: readonly FileKind[] = ['config', 'key', 'pack', 'index', 'snapshot', 'intent', 'epoch', 'lease'];
const key = new Uint8Array(32).fill(9);
const chunks = [Buffer.from('a secret diary, '.repeat(40)), Buffer.from('another page'), new Uint8Array(3_000).fill(4)];
const code = (name: string): unknown => expect.objectContaining({ code: name });
const lent = (storage: Storage, seed = 'encrypted') => ({ storage, clock: createSteppingClock(), randomBytes: createSeededBytes(seed), holder: createHolder('host', 1) });

async function make(options: { compression?: 'none' | 'zstd'; hash?: 'sha-256' | 'blake3' } = {}, seed?: string) {
  const storage = createMemoryStorage();
  const repository = await createRepository({ ...lent(storage, seed), profile: 'small', encryption: { key }, ...options });
  return { storage, repository, snapshot: await takeSampleSnapshot(repository, chunks) };
}

let opened = 0;
const open = (storage: Storage, credential: Pick<OpenRepositoryOptions, 'passphrase' | 'key'>) => openRepository({ ...lent(storage, `opened ${opened++}`), ...credential });

async function readsEverything(storage: Storage, credential: Pick<OpenRepositoryOptions, 'passphrase' | 'key'>): Promise<void> {
  const repository = await open(storage, credential);
  const { snapshots, damaged } = await repository.listSnapshots();
  expect(damaged).toEqual([]);
  for (const snapshot of snapshots) expect((await loadSampleSnapshot(repository, snapshot)).map((bytes) => Buffer.from(bytes))).toEqual(chunks.map((bytes) => Buffer.from(bytes)));
  expect(await repository.check({ readData: true })).toMatchObject({ intact: true, findings: [] });
}

async function names(storage: Storage, kind: FileKind): Promise<string[]> {
  return (await collect(storage.list(kind))).map(({ name }) => name).toSorted();
}

describe.each([
  ['SHA-256', { hash: 'sha-256', compression: 'none' }],
  ['SHA-256, zstd', { hash: 'sha-256', compression: 'zstd' }],
  ['BLAKE3, zstd', { hash: 'blake3', compression: 'zstd' }],
] as const)('an encrypted repository, %s', (_, options) => {
  test('gives everything back to whoever has the key, and checks clean', async () => {
    const { storage } = await make(options);
    await readsEverything(storage, { key });
    expect(await checkRepository({ ...lent(storage), key, readData: true })).toMatchObject({ intact: true, findings: [] });
  });

  test('shows neither contents nor names nor identities', async () => {
    const { storage, repository, snapshot } = await make(options);
    await repository.withLease('shared', () => repository.putRecord('a-record', Buffer.from('a secret diary')));
    const needles = ['a secret diary', 'another page', '/sample', snapshot.hostname, 'sample', 'leaf'].map((text) => Buffer.from(text));
    needles.push(...chunks.map((bytes) => createHash('sha256').update(bytes).digest()), Buffer.from(snapshot.rootId, 'hex'), ...chunks.map((bytes) => Buffer.from(repository.identify(bytes), 'hex')));
    for (const kind of kinds)
      for (const name of await names(storage, kind)) {
        const bytes = Buffer.from(await storage.get(kind, name));
        for (const needle of needles) expect(bytes.includes(needle), `${kind}/${name} holds ${needle.toString()}`).toBe(false);
      }
  });

  test('has every flipped bit found', async () => {
    const { storage, repository } = await make(options);
    for (const kind of kinds.filter((each) => each !== 'lease'))
      for (const name of await names(storage, kind)) {
        const whole = await storage.get(kind, name);
        for (let byte = 0; byte < whole.length; byte += 1 + (whole.length >> 8)) {
          await rewriteFile(storage, kind, name, () => flipBit(whole, byte * 8 + (byte % 8)));
          const report = await repository.check({ readData: true });
          expect(report.findings.map(({ file }) => file), `byte ${byte} of ${kind}/${name}`).toContain(`${kind}/${name}`);
        }
        for (const epoch of await names(storage, 'epoch')) if (kind !== 'epoch') await storage.delete('epoch', epoch);
        await rewriteFile(storage, kind, name, () => whole);
      }
  });
});

describe('opening', () => {
  test('a wrong key, a missing one, and two at once are refused by name', async () => {
    const { storage } = await make();
    await expect(open(storage, {})).rejects.toEqual(code('repository/key-required'));
    await expect(open(storage, { key: new Uint8Array(32) })).rejects.toEqual(code('repository/wrong-key'));
    await expect(open(storage, { key: new Uint8Array(31) })).rejects.toEqual(code('argument/invalid'));
    await expect(open(storage, { key, passphrase: 'both' })).rejects.toEqual(code('argument/invalid'));
    await expect(open(storage, { passphrase: '' })).rejects.toEqual(code('argument/invalid'));
    for (const credential of [{}, { key: new Uint8Array(32) }]) await expect(checkRepository({ ...lent(storage), ...credential })).rejects.toEqual(code('key' in credential ? 'repository/wrong-key' : 'repository/key-required'));
  });

  test('a passphrase opens, in whatever form its letters were composed; a wrong one is not repeated in the error', async () => {
    const storage = createMemoryStorage();
    await createRepository({ ...lent(storage), encryption: { passphrase: 'schlüssel' } });
    await open(storage, { passphrase: 'schlu\u0308ssel' });
    const error: unknown = await open(storage, { passphrase: 'verraten' }).catch((thrown: unknown) => thrown);
    expect(error).toEqual(code('repository/wrong-key'));
    expect(JSON.stringify(error) + String(error)).not.toContain('verraten');
  });

  test('a key for a repository that is not encrypted is refused: it may have been put in the place of one that is', async () => {
    const storage = createMemoryStorage();
    await createRepository(lent(storage));
    await expect(open(storage, { key })).rejects.toEqual(code('repository/wrong-key'));
    const misplaced = { ...lent(createMemoryStorage()), passphrase: 'at the wrong place' };
    await expect(createRepository(misplaced)).rejects.toEqual(code('argument/invalid'));
    expect(await names(misplaced.storage, 'config')).toEqual([]);
  });

  test('one damaged key file does not matter when another fits; when all are damaged it says so, and check names the snapshots', async () => {
    const { storage, repository, snapshot } = await make();
    const second = new Uint8Array(32).fill(3);
    await repository.addKey({ key: second });
    const [first = '', other = ''] = await names(storage, 'key');
    for (const name of [first, other]) {
      const whole = await storage.get('key', name);
      await rewriteFile(storage, 'key', name, (bytes) => flipBit(bytes, 500));
      const results = await Promise.allSettled([open(storage, { key }), open(storage, { key: second })]);
      expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect(results.find(({ status }) => status === 'rejected')).toEqual({ status: 'rejected', reason: code('repository/wrong-key') });
      await rewriteFile(storage, 'key', name, () => whole);
    }
    for (const name of [first, other]) await rewriteFile(storage, 'key', name, (bytes) => flipBit(bytes, 500));
    await expect(open(storage, { key })).rejects.toEqual(code('format/damaged'));
    expect(await checkRepository({ ...lent(storage), key })).toMatchObject({ intact: false, damagedSnapshots: [snapshot.id] });
    for (const name of [first, other]) await storage.delete('key', name);
    await expect(open(storage, { key })).rejects.toEqual(code('format/damaged'));
    expect(await checkRepository({ ...lent(storage), key })).toMatchObject({ intact: false, damagedSnapshots: [snapshot.id] });
  });

  test('creating where a repository is leaves no key behind', async () => {
    const { storage } = await make();
    const before = await names(storage, 'key');
    await expect(createRepository({ ...lent(storage, 'second'), encryption: { key } })).rejects.toEqual(code('repository/exists'));
    expect(await names(storage, 'key')).toEqual(before);
    await readsEverything(storage, { key });
  });

  test('a creation that was cut short before the config leaves nothing that opens, and can be repeated', async () => {
    const storage = createFaultStorage(createMemoryStorage());
    storage.beforeWrite = (_, kind) => {
      if (kind === 'config') throw new Error('power cut');
    };
    // A key file that cannot be removed again, as after a real cut.
    storage.delete = async () => Promise.reject(new Error('power cut'));
    await expect(createRepository({ ...lent(storage), encryption: { key } })).rejects.toThrow('power cut');
    storage.beforeWrite = () => undefined;
    await takeSampleSnapshot(await createRepository({ ...lent(storage, 'again'), encryption: { key } }), chunks).catch(() => undefined);
    const repository = await open(storage, { key });
    expect((await repository.listKeys()).length).toBe(1);
  });
});

test('a creation that failed after the first copy of the config leaves a repository that opens', async () => {
  const storage = createFaultStorage(createMemoryStorage());
  storage.beforeWrite = (_, kind, name) => {
    if (kind === 'config' && name === 'primary') throw new SnapshotError('storage/full', 'the disk is full');
  };
  await expect(createRepository({ ...lent(storage), encryption: { key } })).rejects.toEqual(code('storage/full'));
  storage.beforeWrite = () => undefined;
  const repository = await open(storage, { key });
  const snapshot = await takeSampleSnapshot(repository, chunks);
  expect((await loadSampleSnapshot(await open(storage, { key }), snapshot)).length).toBe(chunks.length);
});

describe('what comes from elsewhere is refused', () => {
  test('files of another repository with the same key', async () => {
    const [one, two] = [await make({}, 'one'), await make({}, 'two')];
    for (const kind of ['pack', 'snapshot'] as const) for (const name of await names(two.storage, kind)) await one.storage.put(kind, name, [await two.storage.get(kind, name)]);
    const report = await one.repository.check({ readData: true });
    expect(new Set(report.findings.map(({ file }) => file.split('/')[0]))).toEqual(new Set(['pack', 'snapshot']));
    await expect(one.repository.getSnapshot(two.snapshot.id)).rejects.toEqual(code('format/damaged'));
  });

  test('a record that anybody could have written', async () => {
    const { storage, repository } = await make();
    await storage.put('snapshot', sampleSnapshot.id, [sealFile('snapshot', { repositoryId: repository.id }, encodeSnapshotRecord(sampleSnapshot))]);
    await expect(repository.getSnapshot(sampleSnapshot.id)).rejects.toEqual(code('format/damaged'));
  });

  test('a record under another name is not that record', async () => {
    const { storage, repository, snapshot } = await make();
    await storage.put('snapshot', 'f'.repeat(32), [await storage.get('snapshot', snapshot.id)]);
    await expect(repository.getSnapshot('f'.repeat(32))).rejects.toEqual(code('format/damaged'));
  });
});

describe('a key file', () => {
  test('is made the way the format says', async () => {
    const storage = createMemoryStorage();
    const repository = await createRepository({ ...lent(storage), hash: 'sha-256', encryption: { key } });
    await repository.addKey({ passphrase: 'correct horse' }, { label: 'by heart' });
    const secrets = new Set<string>();
    for (const name of await names(storage, 'key')) {
      // Written out from docs/design/repository-format.md, without the code under test.
      const payload = Buffer.from(await storage.get('key', name)).subarray(32, -32);
      const labelBytes = payload.readUInt8(32);
      const head = payload.subarray(0, 33 + labelBytes + 44);
      const [salt, nonce, wrapped] = [head.subarray(-44, -12), head.subarray(-12), payload.subarray(head.length)];
      expect(name).toBe(`${payload.toString('hex', 0, 16)}-0001`);
      const isPassphrase = payload.readUInt8(18) === 2;
      expect([...payload.subarray(18, 24)]).toEqual(isPassphrase ? [2, 17, 8, 1, 0, 0] : [1, 0, 0, 0, 0, 0]);
      const wrapping = isPassphrase ? scryptSync('correct horse', salt, 32, { N: 131_072, r: 8, p: 1, maxmem: 2 ** 28 }) : Buffer.from(hkdfSync('sha256', key, salt, 'winre-kit key file v1', 32));
      const decipher = createDecipheriv('aes-256-gcm', wrapping, nonce).setAuthTag(wrapped.subarray(-16));
      decipher.setAAD(Buffer.concat([Buffer.from('winre-kit key file v1'), Buffer.from(repository.id, 'hex'), head]));
      secrets.add(Buffer.concat([decipher.update(wrapped.subarray(0, -16)), decipher.final()]).toString('hex'));
    }
    expect(secrets.size).toBe(1);
    const [secret = ''] = secrets;
    expect(secret).toHaveLength(192);
    const [configDigest, master] = [secret.slice(0, 64), Buffer.from(secret, 'hex').subarray(32, 64)];
    for (const name of ['copy', 'primary']) expect(createHash('sha256').update((await storage.get('config', name)).subarray(32, -32)).digest('hex')).toBe(configDigest);
    const derive = (purpose: string): Buffer => Buffer.from(hkdfSync('sha256', master, new Uint8Array(0), `winre-kit ${purpose}`, 32));
    expect(repository.identify(Buffer.from('abc'))).toBe(createHmac('sha256', derive('identity key v1')).update('abc').digest('hex'));
    expect(Buffer.from(repository.chunkingKey)).toEqual(derive('chunking key v1'));
    await repository.withLease('shared', () => repository.putRecord('r', Buffer.from('payload')));
    const record = Buffer.from(await storage.get('intent', 'r'));
    expect([record.readUInt16LE(10), record.readUInt32LE(12)]).toEqual([1, 7 + 28]);
    const decipher = createDecipheriv('aes-256-gcm', derive('file key v1'), record.subarray(32, 44)).setAuthTag(record.subarray(-48, -32));
    decipher.setAAD(Buffer.concat([record.subarray(0, 32), Buffer.from('r')]));
    expect(Buffer.concat([decipher.update(record.subarray(44, -48)), decipher.final()]).toString()).toBe('payload');
  });

  test('survives encoding, and is refused when opening it would cost too much', () => {
    const base = { id: 'ab'.repeat(16), dataKeyCount: 2, createdAtMs: 5, label: 'Ä', salt: new Uint8Array(32).fill(1), nonce: new Uint8Array(12).fill(2), wrapped: new Uint8Array(144).fill(3) };
    const file = { ...base, derivation: { kind: 'passphrase', costLog2: 17, blockSize: 8, parallelism: 1 } } as const;
    expect(decodeKeyFile(encodeKeyFile(file))).toEqual(file);
    const raw = { ...base, derivation: { kind: 'raw-key' } } as const;
    expect(decodeKeyFile(encodeKeyFile(raw))).toEqual(raw);
    for (const cost of [{ costLog2: 21 }, { costLog2: 0 }, { blockSize: 0 }, { parallelism: 0 }, { parallelism: 5 }, { costLog2: 20, blockSize: 9 }, { blockSize: 255 }])
      expect(() => encodeKeyFile({ ...file, derivation: { ...file.derivation, ...cost } })).toThrow(expect.objectContaining({ cause: code('format/damaged') }));
    const bytes = encodeKeyFile(raw);
    for (const [at, value] of [[19, 1], [18, 0], [18, 3], [16, 0], [16, 3]] as const) {
      const changed = bytes.slice();
      changed[at] = value;
      expect(() => decodeKeyFile(changed), `byte ${at} is ${value}`).toThrow(expect.objectContaining({ code: 'format/damaged' }));
    }
  });
});

describe('managing keys', () => {
  const second = new Uint8Array(32).fill(3);
  const third = new Uint8Array(32).fill(5);

  test('keys are added, listed and removed, but never the last', async () => {
    const { storage, repository } = await make();
    const added = await repository.addKey({ key: second }, { label: 'in the safe' });
    expect(added).toMatchObject({ kind: 'raw-key', label: 'in the safe', isOwn: false });
    expect((await repository.listKeys()).map(({ label, isOwn }) => `${label} ${isOwn}`).toSorted()).toEqual([' true', 'in the safe false']);
    await readsEverything(storage, { key: second });
    const own = (await repository.listKeys()).find(({ isOwn }) => isOwn);
    await repository.removeKey(own?.id ?? '');
    await repository.removeKey(own?.id ?? '');
    await expect(open(storage, { key })).rejects.toEqual(code('repository/wrong-key'));
    await expect(repository.addKey({ key: third })).rejects.toEqual(code('repository/key-required'));
    const other = await open(storage, { key: second });
    await expect(other.removeKey(added.id)).rejects.toEqual(code('argument/invalid'));
    await readsEverything(storage, { key: second });
  });

  test('a passphrase is changed: the new one opens, the old one does not, the label stays', async () => {
    const { storage, repository } = await make();
    const changed = await repository.changePassphrase({ key: second });
    expect(changed.isOwn).toBe(true);
    await expect(open(storage, { key })).rejects.toEqual(code('repository/wrong-key'));
    await readsEverything(storage, { key: second });
    await repository.addKey({ key: third });
    expect(await names(storage, 'key')).toHaveLength(2);
  });

  test('a rotated data key is used for new packs, old packs stay readable, and every key opens both', async () => {
    const { storage, repository } = await make();
    await repository.addKey({ key: second });
    const before = await names(storage, 'pack');
    await expect(repository.rotateDataKey()).rejects.toEqual(code('repository/wrong-key'));
    await repository.rotateDataKey({ others: [{ key: third }, { key: second }] });
    const rotated = await open(storage, { key: second });
    expect(rotated.identify(chunks[0] ?? key)).toBe(repository.identify(chunks[0] ?? key));
    await takeSampleSnapshot(rotated, [...chunks, Buffer.from('new')]);
    const added = (await names(storage, 'pack')).filter((name) => !before.includes(name));
    const epochOf = async (name: string): Promise<number> => Buffer.from(await storage.get('pack', name)).readUInt16LE(14);
    expect(new Set(await Promise.all(added.map(epochOf)))).toEqual(new Set([2]));
    expect(new Set(await Promise.all(before.map(epochOf)))).toEqual(new Set([1]));
    for (const credential of [{ key }, { key: second }]) {
      const repositoryAgain = await open(storage, credential);
      expect(await repositoryAgain.check({ readData: true })).toMatchObject({ intact: true });
    }
    // The object that was opened before says what to do about packs it has no key for yet.
    const stale = await openRepository({ ...lent(storage), key });
    await stale.rotateDataKey({ others: [{ key: second }] });
    await takeSampleSnapshot(await open(storage, { key }), [Buffer.from('newer')]);
    expect((await names(storage, 'key')).every((name) => name.endsWith('-0003'))).toBe(true);
  });

  test.each(['addKey', 'changePassphrase', 'rotateDataKey'] as const)('%s that is cut short at any write loses nothing, and can be repeated', async (call) => {
    let halfDone = 0;
    for (let writes = 0; ; writes++) {
      const storage = createFaultStorage(createMemoryStorage());
      const options = { ...lent(storage), profile: 'small' } as const;
      const repository = await createRepository({ ...options, encryption: { key } });
      await takeSampleSnapshot(repository, chunks);
      await repository.addKey({ key: second });
      const run = (on: typeof repository): Promise<unknown> => (call === 'rotateDataKey' ? on.rotateDataKey({ others: [{ key: second }] }) : on[call]({ key: third }));
      let left = writes;
      storage.beforeWrite = () => {
        if (left-- <= 0) throw new Error('power cut');
      };
      const isCut = await run(repository).then(() => false, () => true);
      storage.beforeWrite = () => undefined;
      for (const name of await names(storage, 'lease')) await storage.delete('lease', name);
      const openable = await Promise.allSettled([key, third].map((each) => readsEverything(storage, { key: each })));
      expect(openable.map(({ status }) => status), `cut after ${writes} writes`).toContain('fulfilled');
      await readsEverything(storage, { key: second });
      const mine = openable[0]?.status === 'fulfilled' ? key : third;
      // A key that a rotation has not reached still opens what was there before, and is told about the rest.
      const isHalfDone = (await names(storage, 'key')).filter((name) => name.endsWith('-0002')).length === 1;
      const writer = await open(storage, { key: mine });
      const more = await takeSampleSnapshot(writer, [Buffer.from('stored after the cut')]);
      const read = async () => Buffer.concat(await loadSampleSnapshot(await open(storage, { key: second }), more)).toString();
      const outcome = (work: Promise<unknown>) => work.then(() => 'done', (error: unknown) => (SnapshotError.isInstance(error) ? error.code : error));
      const expected = isHalfDone ? 'repository/key-outdated' : 'done';
      expect([await outcome(read()), await outcome(takeSampleSnapshot(await open(storage, { key: second }), chunks))]).toEqual([expected, expected]);
      await run(await open(storage, { key: mine }));
      expect(await read()).toBe('stored after the cut');
      await writer.withLease('shared', () => writer.forgetSnapshot(more.id));
      await readsEverything(storage, { key: second });
      halfDone += Number(isHalfDone);
      if (!isCut) break;
      expect(writes).toBeLessThan(20);
    }
    expect(halfDone > 0).toBe(call === 'rotateDataKey');
  });

  test('a pack under a data key that a key file does not hold asks for another key, and is not taken for damaged', async () => {
    const { storage, repository } = await make();
    await repository.rotateDataKey();
    const rotated = await open(storage, { key });
    const snapshot = await takeSampleSnapshot(rotated, [Buffer.from('under the second data key')]);
    await expect(loadSampleSnapshot(repository, snapshot)).rejects.toEqual(code('repository/key-outdated'));
  });

  test('a repository that is not encrypted has no keys to manage', async () => {
    const repository = await createRepository(lent(createMemoryStorage()));
    await expect(repository.listKeys()).rejects.toEqual(code('argument/invalid'));
    await expect(repository.addKey({ key })).rejects.toEqual(code('argument/invalid'));
    await expect(repository.rotateDataKey()).rejects.toEqual(code('argument/invalid'));
  });
});
