import { setTimeout as sleep } from 'node:timers/promises';
import type { StorageCallOptions } from '../storage.ts';
import type { S3ConnectionOptions } from './connect-s3.ts';
import { readBody } from './read-body.ts';
import { S3Requests } from './s3-requests.ts';
import { mayHaveBeenStored, readS3Failure } from './translate-s3-error.ts';

/** Facts of an object. */
export interface S3ObjectFacts {
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
}

/** One page of a listing, and where the next begins. */
export interface S3ListPage {
  readonly objects: readonly (S3ObjectFacts & { readonly key: string })[];
  readonly nextToken?: string;
}

/** How a put guards and recognises itself. */
export interface S3PutOptions {
  /** Stored with the object, so that a put whose answer was lost can be told from somebody else's. */
  readonly putId: string;
  /** Sends `If-None-Match: *`. */
  readonly unlessThere: boolean;
}

const putIdName = 'put-id';
/** Bodies that break are read again so often; the SDK's own retries end when a body begins. */
const maxReads = 3;
const maxConflicts = 6;
const conflictPauseMs = 50;

/** The requests a storage is made of. Fails with the SDK's own errors, which the storage translates. */
export class S3Bucket {
  readonly #bucket: string;
  readonly #requests: S3Requests;

  constructor(bucket: string, options: S3ConnectionOptions) {
    this.#bucket = bucket;
    this.#requests = new S3Requests(options);
  }

  /**
   * Puts an object in one request.
   *
   * When the answer is lost, or says that the object exists, the object is looked at: it was this put when it carries its id.
   *
   * @returns false when another object has the key; only with `unlessThere`
   */
  async put(key: string, parts: readonly Uint8Array[], { putId, unlessThere }: S3PutOptions, call?: StorageCallOptions): Promise<boolean> {
    const [only] = parts;
    const Body = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
    for (let conflicts = 0; ; conflicts++) {
      try {
        const input = { ...this.#address(key), Body, ContentLength: Body.length, Metadata: { [putIdName]: putId }, ...(unlessThere && { IfNoneMatch: '*' }) };
        await this.#requests.run(({ client, sdk, observed }, options) => client.send(observed(new sdk.PutObjectCommand(input)), options), call);
        return true;
      } catch (cause) {
        const failure = readS3Failure(cause);
        if (call?.signal?.aborted || !mayHaveBeenStored(failure)) throw cause;
        const found = await this.head(key, call).catch(() => undefined);
        if (found?.putId === putId) return true;
        if (failure.status === 412 && unlessThere) return false;
        // Somebody else's put of the same key is under way.
        if (failure.status !== 409 || conflicts === maxConflicts) throw cause;
        await sleep(conflictPauseMs << conflicts, undefined, call);
      }
    }
  }

  /** Reads an object. */
  async get(key: string, call?: StorageCallOptions): Promise<Uint8Array> {
    return this.#read(key, undefined, call);
  }

  /** Reads a part; an object that ends earlier gives fewer bytes. */
  async getRange(key: string, offset: number, lengthBytes: number, call?: StorageCallOptions): Promise<Uint8Array> {
    // There is no way to ask for nothing, but whether the object is there must be known.
    if (lengthBytes === 0 && (await this.head(key, call)) !== undefined) return new Uint8Array(0);
    const last = Math.min(offset + Math.max(lengthBytes, 1) - 1, Number.MAX_SAFE_INTEGER);
    try {
      return await this.#read(key, { offset, last }, call);
    } catch (cause) {
      // Beyond the end. An empty object has no range at all.
      if (readS3Failure(cause).status === 416) return new Uint8Array(0);
      throw cause;
    }
  }

  /** Facts of an object, or `undefined` when there is none. */
  async head(key: string, call?: StorageCallOptions): Promise<(S3ObjectFacts & { readonly putId?: string | undefined }) | undefined> {
    try {
      const { ContentLength, LastModified, Metadata } = await this.#requests.run(({ client, sdk, observed }, options) => client.send(observed(new sdk.HeadObjectCommand(this.#address(key))), options), call);
      return { sizeBytes: ContentLength ?? 0, modifiedAtMs: LastModified?.getTime() ?? 0, putId: Metadata?.[putIdName] };
    } catch (cause) {
      if (readS3Failure(cause).status === 404) return undefined;
      throw cause;
    }
  }

  /** One page of the objects below a prefix, without those in folders below it. */
  async listPage(prefix: string, token: string | undefined, call?: StorageCallOptions): Promise<S3ListPage> {
    const input = { Bucket: this.#bucket, Prefix: prefix, Delimiter: '/', ...(token !== undefined && { ContinuationToken: token }) };
    const page = await this.#requests.run(({ client, sdk, observed }, options) => client.send(observed(new sdk.ListObjectsV2Command(input)), options), call);
    const objects = (page.Contents ?? []).map(({ Key = '', Size = 0, LastModified }) => ({ key: Key, sizeBytes: Size, modifiedAtMs: LastModified?.getTime() ?? 0 }));
    return { objects, ...(page.IsTruncated === true && page.NextContinuationToken !== undefined && { nextToken: page.NextContinuationToken }) };
  }

  /** Removes an object; does nothing when there is none. */
  async delete(key: string, call?: StorageCallOptions): Promise<void> {
    try {
      await this.#requests.run(({ client, sdk, observed }, options) => client.send(observed(new sdk.DeleteObjectCommand(this.#address(key))), options), call);
    } catch (cause) {
      const { status, name } = readS3Failure(cause);
      if (status !== 404 || name === 'NoSuchBucket') throw cause;
    }
  }

  /** The server's time, asked for only when its last answer is too old to tell. */
  async timeMs(): Promise<number> {
    // Any answer will do, a refusal too: all have a date.
    return this.#requests.timeMs(({ client, sdk, observed }) => client.send(observed(new sdk.HeadBucketCommand({ Bucket: this.#bucket }))));
  }

  async #read(key: string, range: { readonly offset: number; readonly last: number } | undefined, call?: StorageCallOptions): Promise<Uint8Array> {
    const input = { ...this.#address(key), ...(range && { Range: `bytes=${range.offset}-${range.last}` }) };
    for (let reads = 1; ; reads++) {
      const answer = await this.#requests.run(({ client, sdk, observed }, options) => client.send(observed(new sdk.GetObjectCommand(input)), options), call);
      try {
        return await readBody(answer, range, call);
      } catch (cause) {
        if (call?.signal?.aborted || reads === maxReads) throw cause;
      }
    }
  }

  #address(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket, Key: key };
  }
}
