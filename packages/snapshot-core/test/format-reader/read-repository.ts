// A second implementation, written from docs/design/repository-format.md alone. It shares no code with the engine, and must not. Short rather than fast; local folders only.
import { createDecipheriv, createHash, createHmac, hkdfSync, scryptSync } from 'node:crypto';
import { chmodSync, closeSync, ftruncateSync, linkSync, lutimesSync, mkdirSync, openSync, readdirSync, readFileSync, symlinkSync, writeSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { createBLAKE3 } from 'hash-wasm';

const nothing = Buffer.alloc(0);
const sha256 = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
const hkdf = (secret: Uint8Array, salt: Uint8Array, purpose: string): Buffer => Buffer.from(hkdfSync('sha256', secret, salt, `winre-kit ${purpose}`, 32));
const u32 = (value: number): Buffer => Buffer.of(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
function demand(condition: boolean, otherwise: string): asserts condition { if (!condition) throw new Error(otherwise); }
function decrypt(key: Uint8Array, nonce: Uint8Array, authenticated: readonly Uint8Array[], bytes: Buffer, tag: Uint8Array): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 }).setAAD(Buffer.concat(authenticated)).setAuthTag(tag);
  return Buffer.concat([decipher.update(bytes), decipher.final()]);
}

class Cursor {
  at = 0;
  readonly bytes: Buffer;
  constructor(bytes: Buffer, magic = '') { this.bytes = bytes; this.one(this.take(magic.length).toString('latin1'), magic); }
  take(length: number): Buffer {
    demand(length <= this.bytes.length - this.at, 'the bytes end early');
    return this.bytes.subarray(this.at, (this.at += length));
  }
  u(size: 1 | 2 | 4 | 8): number { return this.take(size).reduceRight((value, byte) => value * 256 + byte, 0); }
  i64(): bigint { return this.take(8).readBigInt64LE(); }
  hex(length: number): string { return this.take(length).toString('hex'); }
  text(length = this.u(1)): string { return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.take(length)); }
  one<T>(value: T, ...known: T[]): T { demand(known.includes(value), `unknown or wrong: ${String(value)}`); return value; }
  zero(length: number): void { demand(this.take(length).every((byte) => byte === 0), 'a byte that must be zero is not'); }
  list<T>(count: number, read: () => T): T[] { return Array.from({ length: count }, read); }
  end(): void { demand(this.at === this.bytes.length, 'bytes are left over'); }
}

type Reference = { id: string; kind: number; length: number | undefined; measure: number };
export type Entry = ReturnType<typeof readEntry>;

/** Reads one entry, and takes its references from the front of those that are left of the tree object. */
function readEntry(c: Cursor, left: Reference[]) {
  const type = (['unread', 'file', 'directory', 'symlink', 'unread'] as const)[c.one(c.u(1), 1, 2, 3, 4)] ?? 'unread';
  const [flags, mode, user, group, links, modifiedUs, changedNs, inode, size] = [c.u(1), c.u(2), c.u(4), c.u(4), c.u(4), c.i64(), c.i64(), c.hex(16), c.u(8)];
  demand((flags & ~{ file: 31, directory: 56, symlink: 24, unread: 0 }[type]) === 0 && mode <= 0o7777, 'an entry has unknown flags or modes');
  const name = c.take(c.u(2));
  const attributes = (flags & 16) === 0 ? [] : c.list(c.u(2), () => ({ name: c.take(c.u(1)), value: c.take(c.u(4)) }));
  const [level, count] = type === 'file' || type === 'directory' ? [c.u(1), c.u(1)] : [0, 0];
  demand(count <= Math.min(left.length, 16), 'an entry has more references than there are');
  const references = left.splice(0, count);
  if (type === 'directory' || level > 0) for (const reference of references) reference.measure = c.u(8);
  return { type, flags, mode, user, group, links, modifiedUs, changedNs, inode, size, name, attributes, level, references, ...(type === 'symlink' ? { target: c.take(c.u(2)) } : {}), ...(type === 'unread' ? { reason: c.one(c.u(1), 1, 2, 3, 4, 5, 6, 7, 8, 9) } : {}) };
}

/** Opens a repository in a local folder. Whatever is read is verified; what is not as the format says throws. */
export async function readRepository(folder: string, unlock: { passphrase?: string; key?: Uint8Array } = {}) {
  let [repository, fileKey, identityKey, dataKeys]: [Buffer, Buffer | undefined, Buffer | undefined, Buffer[]] = [nothing, undefined, undefined, []];
  const sealed = (kind: string, name: string, letters: string): Cursor => {
    const bytes = readFileSync(`${folder}/${kind}/${name}`);
    demand(bytes.length >= 64 && sha256(bytes.subarray(0, -32)).equals(bytes.subarray(-32)), `${kind}/${name}: the seal does not match`);
    const [header, payload] = [new Cursor(bytes, `WRSNAP${letters}`), bytes.subarray(32, -32)];
    const key = ['cf', 'ky', 'ls'].includes(letters) ? undefined : fileKey;
    header.one([header.u(2), header.u(2), header.u(4)].join(' '), [1, key === undefined ? 0 : 1, payload.length].join(' '));
    demand(header.hex(16) === repository.toString('hex') || repository.length === 0, `${kind}/${name} is of another repository`);
    repository = bytes.subarray(16, 32);
    return new Cursor(key === undefined ? payload : decrypt(key, payload.subarray(0, 12), [bytes.subarray(0, 32), Buffer.from(letters === 'in' ? name : '')], payload.subarray(12, -16), payload.subarray(-16)));
  };

  const config = sealed('config', 'primary', 'cf');
  let [configDigest, , secret] = [sha256(config.bytes), config.u(8), config.take(config.u(1))];
  const [hash] = [config.one(config.text(), 'sha-256', 'blake3'), config.one(config.text(), 'sieve-v1'), config.one(config.text(), 'small', 'volume', 'large'), config.one(config.text(), 'none', 'zstd')];
  const encrypted = config.one(config.text(), 'none', 'aes-256-gcm') !== 'none';
  config.one(`${secret.length} ${config.u(1)} ${config.bytes.length}`, `${encrypted ? 0 : 32} 0 ${config.at}`);
  for (const name of encrypted ? readdirSync(`${folder}/keys`).toSorted((a, b) => b.slice(-4).localeCompare(a.slice(-4))) : []) {
    const file = sealed('keys', name, 'ky');
    const [id, count, how, logN, r, p] = [file.hex(16), file.u(2), file.one(file.u(1), 1, 2), file.u(1), file.u(1), file.u(1)];
    demand(name === `${id}-${String(count).padStart(4, '0')}` && 128 * r * 2 ** logN <= 2 ** 30 && p <= 4, `keys/${name} has another name inside, or asks for too much`);
    const [, , , salt, nonce, head, ciphertext, tag] = [file.zero(2), file.u(8), file.text(), file.take(32), file.take(12), file.bytes.subarray(0, file.at), file.take(64 + 32 * count), file.take(16)];
    file.end();
    const given = how === 1 ? unlock.key : unlock.passphrase;
    if (given === undefined || dataKeys.length > 0) continue;
    const wrapping = typeof given !== 'string' ? hkdf(given, salt, 'key file v1') : scryptSync(given.normalize('NFC'), salt, 32, { N: 2 ** logN, r, p, maxmem: 2 ** 31 - 1 });
    try {
      const secrets = new Cursor(decrypt(wrapping, nonce, [Buffer.from('winre-kit key file v1'), repository, head], ciphertext, tag));
      [configDigest, secret, dataKeys] = [secrets.take(32), secrets.take(32), secrets.list(count, () => secrets.take(32))];
    } catch { /* It is for another passphrase or key. */ }
  }
  demand(!encrypted || dataKeys.length > 0, 'no key file opens with this passphrase or key');
  demand(configDigest.equals(sha256(config.bytes)), 'the config is not the one that the keys belong to');
  if (encrypted) [fileKey, identityKey] = [hkdf(secret, nothing, 'file key v1'), hkdf(secret, nothing, 'identity key v1')];
  const blake3 = await createBLAKE3(256, identityKey);
  const sha2 = () => identityKey === undefined ? createHash('sha256') : createHmac('sha256', identityKey);
  const identify = (bytes: Buffer): string => hash === 'blake3' ? blake3.init().update(bytes).digest('hex') : sha2().update(bytes).digest('hex');

  const objects = new Map<string, { open: () => Buffer; at: number; length: number }>();
  for (const name of readdirSync(`${folder}/packs`)) {
    const file = new Cursor(readFileSync(`${folder}/packs/${name}`), 'WRSNAPpk');
    const [prefix, trailer] = [file.bytes.subarray(0, 32), new Cursor(file.bytes.subarray(-48))];
    const directory = file.bytes.subarray(-48 - trailer.u(4), -48);
    trailer.one(`${trailer.u(4)} ${trailer.hex(32)} ${trailer.text(8)}`, `0 ${sha256(prefix, directory, trailer.bytes.subarray(0, 8)).toString('hex')} WRSNAPpe`);
    file.one(`${file.u(2)} ${file.u(2)} ${name}`, `1 ${encrypted ? 1 : 0} ${trailer.bytes.toString('hex', 8, 40)}`);
    const [kind] = [file.one(file.u(1), 0, 1), file.zero(1)];
    const dataKey = dataKeys[file.one(file.u(2), ...(encrypted ? dataKeys.map((_, at) => at + 1) : [0])) - 1];
    const key = dataKey && hkdf(dataKey, file.take(16), 'pack key v1');
    const unseal = (position: number, bytes: Buffer, tag: Buffer): Buffer =>
      key === undefined ? bytes : decrypt(key, Buffer.concat([u32(position), Buffer.alloc(8)]), [repository, prefix, u32(position)], bytes, tag);
    const table = new Cursor(unseal(2 ** 32 - 1, directory.subarray(0, encrypted ? -16 : undefined), directory.subarray(-16)));
    const [frameCount, objectCount] = [table.u(4), table.u(4)];
    file.at = 32;
    const frames = table.list(frameCount, () => ({ bytes: file.take(table.u(4)), plain: table.u(4), objects: table.u(4), zstd: table.one(table.u(1), 0, 1) === 1, zero: table.zero(3), seal: table.take(16) }));
    table.one(`${sum(frames.map((frame) => frame.objects))} ${file.bytes.length - 48 - directory.length}`, `${objectCount} ${file.at}`);
    for (const [position, { bytes, plain, objects: count, zstd, seal }] of frames.entries()) {
      let [opened, at]: [Buffer | undefined, number] = [undefined, 0];
      const open = (): Buffer => {
        demand(encrypted || seal.toString('hex') === (zstd ? identify(bytes) : '0'.repeat(32)).slice(0, 32), `packs/${name}: a frame seal does not match`);
        opened ??= zstd ? zstdDecompressSync(unseal(position, bytes, seal), { maxOutputLength: plain }) : unseal(position, bytes, seal);
        return opened.subarray(0, opened.length === plain ? plain : 0);
      };
      for (const { length, id } of table.list(count, () => ({ length: table.u(4), id: table.hex(32) }))) objects.set(`${id} ${kind}`, { open, length, at: (at += length) - length });
      demand(at === plain && count > 0 && (zstd ? bytes.length < plain : bytes.length === plain), `packs/${name}: a frame has impossible lengths`);
    }
    table.end();
  }
  const readObject = ({ id, kind, length }: Reference): Buffer => {
    const place = objects.get(`${id} ${kind}`);
    const bytes = place?.open().subarray(place.at, place.at + place.length) ?? nothing;
    demand(bytes.length === (length ?? bytes.length) && identify(bytes) === id, `object ${id} is missing or damaged`);
    return bytes;
  };
  const readTree = (reference: Reference, type: number): { c: Cursor; left: Reference[] } => {
    const c = new Cursor(readObject(reference), 'WRtr');
    c.one(c.hex(4), '01000000');
    const [count, payloadBytes] = [c.u(4), c.u(4)];
    const left = c.list(count, () => {
      const [id, length, kind, , mark] = [c.hex(32), c.u(4), c.one(c.u(1), 0, 1), c.one(c.u(1), 0, 1, 2, 3), c.one(c.u(1), 0, 1), c.zero(1)];
      return { id, length, kind, mark, measure: length };
    });
    c.take(16 * sum(left.map(({ mark }) => mark)));
    c.one(`${c.bytes.length - c.at} ${c.u(1)} ${c.u(1)}`, `${payloadBytes} 1 ${type}`);
    return { c, left };
  };
  function* leaves(references: Reference[], level: number, kind: number, total: number): Generator<Reference> {
    demand(sum(references.map(({ measure }) => measure)) === total, 'measures do not add up');
    demand(references.every((reference) => reference.kind === (level === 0 ? kind : 1)), 'a reference is of the wrong kind');
    if (level === 0) yield* references;
    else for (const reference of references) {
      const { c, left } = readTree(reference, 3);
      c.one(`${c.u(1)} ${c.u(1)} ${c.u(4)}`, `${kind} ${level} ${left.length}`);
      if (level > 1 || kind === 1) for (const below of left) below.measure = c.u(8);
      c.end();
      yield* leaves(left, level - 1, kind, reference.measure);
    }
  }
  function* readEntries(reference: Reference, type: 1 | 2): Generator<Entry> {
    const { c, left } = readTree(reference, type);
    for (let count = type === 1 ? 1 : c.one(c.u(4), reference.measure); count > 0; count--) yield readEntry(c, left);
    c.one(`${c.at} ${left.length}`, `${c.bytes.length} 0`);
  }
  function* children(directory: Entry): Generator<Entry> {
    let before: Buffer = nothing;
    for (const page of leaves(directory.references, directory.level, 1, directory.size))
      for (const entry of readEntries(page, 2)) {
        demand(Buffer.compare(before, (before = entry.name)) < 0 && !/[/\0]|^\.{1,2}$/.test(before.toString('latin1')), 'a name is out of order, or refused');
        yield entry;
      }
  }
  function* content(file: Entry): Generator<Buffer> {
    for (const reference of leaves(file.references, file.level, 0, file.size)) yield readObject(reference);
  }
  const snapshots = readdirSync(`${folder}/snapshots`).map((name) => {
    const c = sealed('snapshots', name, 'sn');
    const [id, flags, image, parent, rootId, epoch, generation] = [c.one(c.hex(16), name), c.one(c.u(1), 0, 1, 2, 3), c.one(c.u(1), 0, 1) === 1, c.hex(16), c.hex(32), c.u(4), c.u(4)];
    const [takenAtMs, [entries, bytes], hostname, description, labels] = [c.u(8), c.list(5, () => c.u(8)), c.text(), c.text(c.u(2)), c.list(c.u(1), () => c.text())];
    c.end();
    return { id, flags, image, parent, epoch, generation, takenAtMs, entries, bytes, hostname, description, labels, root: () => [...readEntries({ id: rootId, kind: 1, length: undefined, measure: 0 }, 1)] };
  });

  /** Restores what an entry stands for to a path that does not exist. `linked` gets the files with several links. */
  const restore = (entry: Entry, path: Buffer, linked = new Map<string, Buffer>()): void => {
    const [same, seconds] = [[entry.inode, entry.modifiedUs, entry.size, ...entry.references.map(({ id }) => id)].join(' '), Number(entry.modifiedUs) / 1e6];
    const first = linked.get(same);
    if (entry.target !== undefined) symlinkSync(entry.target, path);
    else if (first !== undefined) linkSync(first, path);
    else if (entry.type === 'directory') {
      mkdirSync(path);
      for (const child of children(entry)) restore(child, Buffer.concat([path, Buffer.from('/'), child.name]), linked);
    } else if (entry.type === 'file') {
      const [file, isSparse] = [openSync(path, 'wx'), (entry.flags & 4) !== 0];
      let at = 0;
      for (const bytes of content(entry)) {
        if (!isSparse || bytes.some((byte) => byte !== 0)) writeSync(file, bytes, 0, bytes.length, at);
        at += bytes.length;
      }
      ftruncateSync(file, entry.size);
      closeSync(file);
      if (entry.links > 1) linked.set(same, path);
    }
    if (entry.type === 'file' || entry.type === 'directory') chmodSync(path, entry.mode);
    if (entry.type !== 'unread') lutimesSync(path, 0, seconds + 5e-7); // Half a microsecond more: such a number of seconds is not exact.
  };
  return { snapshots, children, content, restore, sealed };
}
