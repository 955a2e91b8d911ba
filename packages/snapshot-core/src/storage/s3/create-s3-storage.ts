import { randomBytes as nodeRandomBytes } from 'node:crypto';
import { SnapshotError } from '../../errors/snapshot-error.ts';
import { isFileName, requireFileName } from '../file-name.ts';
import { kindFolders, temporaryFolder } from '../kind-folders.ts';
import type { FileKind, Storage, StorageCallOptions, StoredFile } from '../storage.ts';
import { checkBucket, checkEndpoint, checkPrefix } from './check-address.ts';
import type { S3ConnectionOptions } from './connect-s3.ts';
import { type CreateGuard, probeExclusiveCreate } from './probe-exclusive-create.ts';
import { ReadAhead } from './read-ahead.ts';
import { S3Bucket } from './s3-bucket.ts';
import { readS3Failure, translateS3Error } from './translate-s3-error.ts';

/** What an S3 storage takes from outside. */
export interface S3StorageOptions extends S3ConnectionOptions {
  /** Has to exist. */
  readonly bucket: string;
  /** Path in the bucket that belongs to the repository alone. Default: the whole bucket. */
  readonly prefix?: string;
  /** Random bytes for what tells one put from another. Default: node:crypto. */
  readonly randomBytes?: (lengthBytes: number) => Uint8Array;
}

/**
 * A repository in a bucket of AWS S3 or a server that speaks its protocol: an object per file, `<prefix>/<folder of the kind>/<name>`.
 *
 * Nothing is loaded, read or asked before the first call. The first write finds out, with about fourteen small requests below `tmp/`, whether the
 * server can create exclusively; without that (`supportsExclusiveCreate`) prune has to be told that nobody else is at work.
 *
 * @throws {SnapshotError} `argument/invalid` for a bucket, prefix or endpoint that cannot be one
 */
export function createS3Storage(options: S3StorageOptions): Storage {
  const bucket = checkBucket(options.bucket);
  const prefix = checkPrefix(options.prefix ?? '');
  const path = prefix === '' ? bucket : `${bucket}/${prefix}`;
  const description = options.endpoint === undefined ? `s3://${path}` : `s3:${checkEndpoint(options.endpoint).origin}/${path}`;
  const randomBytes = options.randomBytes ?? nodeRandomBytes;
  const remote = new S3Bucket(bucket, options);
  const keyBelow = (folder: string, name: string): string => (prefix === '' ? `${folder}/${name}` : `${prefix}/${folder}/${name}`);
  const randomName = (): string => Buffer.from(randomBytes(16)).toString('hex');
  let guard: Promise<CreateGuard> | undefined;

  function keyOf(kind: FileKind, name: string): string {
    requireFileName(name);
    return keyBelow(kindFolders[kind], name);
  }

  async function call<T>(verb: string, key: string, direction: 'read' | 'write', given: StorageCallOptions | undefined, work: () => Promise<T>): Promise<T> {
    given?.signal?.throwIfAborted();
    try {
      return await work();
    } catch (cause) {
      throw translateS3Error(`cannot ${verb} ${key} in ${description}`, direction, cause, given?.signal);
    }
  }

  async function probe(given?: StorageCallOptions): Promise<CreateGuard> {
    const key = keyBelow(temporaryFolder, `probe-${randomName()}`);
    const putUnlessThere = async (): Promise<'created' | 'exists' | 'refused'> => {
      try {
        return (await remote.put(key, [], { putId: randomName(), unlessThere: true }, given)) ? 'created' : 'exists';
      } catch (cause) {
        const { name, status } = readS3Failure(cause);
        if (status === 501 || name === 'NotImplemented') return 'refused';
        throw cause;
      }
    };
    const remove = (): Promise<void> => remote.delete(key).catch(() => undefined);
    return call('write', key, 'write', given, () => probeExclusiveCreate({ putUnlessThere, remove }));
  }

  /** Asked once; what could not be found out is asked again. */
  function findGuard(given?: StorageCallOptions): Promise<CreateGuard> {
    if (guard !== undefined) return guard;
    const asked = probe(given).catch((error: unknown) => {
      if (guard === asked) guard = undefined;
      throw error;
    });
    guard = asked;
    return asked;
  }

  async function* listBelow(folder: string, given?: StorageCallOptions): AsyncIterable<StoredFile> {
    const start = keyBelow(folder, '');
    for (let token: string | undefined, isFirst = true; isFirst || token !== undefined; isFirst = false) {
      const page = await call('list', start, 'read', given, () => remote.listPage(start, token, given));
      for (const { key, ...facts } of page.objects) {
        const name = key.slice(start.length);
        if (isFileName(name)) yield { name, ...facts };
      }
      if (page.nextToken !== undefined && page.nextToken === token) throw new SnapshotError('storage/failed', `${description} answers with the same page of ${start} again and again`);
      token = page.nextToken;
    }
  }

  async function readRange(kind: FileKind, name: string, offset: number, lengthBytes: number, given?: StorageCallOptions): Promise<Uint8Array> {
    const key = keyOf(kind, name);
    return call('read', key, 'read', given, () => remote.getRange(key, offset, lengthBytes, given));
  }
  const packs = new ReadAhead((name, offset, lengthBytes, given) => readRange('pack', name, offset, lengthBytes, given));

  return {
    description,
    put: async (kind, name, parts, given) => {
      const key = keyOf(kind, name);
      given?.signal?.throwIfAborted();
      const found = await findGuard(given);
      await call('write', key, 'write', given, async () => {
        const isThere = found === 'none' && (await remote.head(key, given)) !== undefined;
        if (isThere || !(await remote.put(key, parts, { putId: randomName(), unlessThere: found !== 'none' }, given)))
          throw new SnapshotError('storage/exists', `${key} exists in ${description} already`);
      });
    },
    get: async (kind, name, given) => {
      const key = keyOf(kind, name);
      return call('read', key, 'read', given, () => remote.get(key, given));
    },
    getRange: (kind, name, offset, lengthBytes, given) => (kind === 'pack' ? packs.read(name, offset, lengthBytes, given) : readRange(kind, name, offset, lengthBytes, given)),
    list: (kind, given) => listBelow(kindFolders[kind], given),
    stat: async (kind, name, given) => {
      const key = keyOf(kind, name);
      const facts = await call('read', key, 'read', given, () => remote.head(key, given));
      return facts && { name, sizeBytes: facts.sizeBytes, modifiedAtMs: facts.modifiedAtMs };
    },
    delete: async (kind, name, given) => {
      const key = keyOf(kind, name);
      await call('delete', key, 'write', given, () => remote.delete(key, given));
      if (kind === 'pack') packs.forget(name);
    },
    deleteLeftovers: async (olderThanMs, given) => {
      // Whole objects only: an upload that breaks leaves nothing, and uploads in parts are not made.
      const nowMs = await remote.timeMs();
      for await (const { name, modifiedAtMs } of listBelow(temporaryFolder, given)) {
        const key = keyBelow(temporaryFolder, name);
        if (nowMs - modifiedAtMs > olderThanMs) await call('delete', key, 'write', given, () => remote.delete(key, given));
      }
    },
    supportsExclusiveCreate: async (given) => {
      given?.signal?.throwIfAborted();
      return (await findGuard(given)) === 'atomic';
    },
    timeMs: () => call('ask', 'the time', 'read', undefined, () => remote.timeMs()),
  };
}
