import { SnapshotError } from '../../errors/snapshot-error.ts';
import { checkBucket, checkEndpoint, checkPrefix } from './check-address.ts';

/** Where a repository lies on S3, as `createS3Storage` takes it. */
export interface S3Location {
  readonly bucket: string;
  /** Without slashes at its ends; empty for the whole bucket. */
  readonly prefix: string;
  /** Absent: AWS, in the region of the environment or the AWS configuration. */
  readonly endpoint?: string;
  /** Only what the host name of AWS says; other servers are asked in the region of the environment. */
  readonly region?: string;
}

const forms = 'write s3:https://host/bucket/prefix, or s3://bucket/prefix for AWS';

/**
 * Reads `s3:https://host/bucket/prefix` (any server; `http` too, for a server on the same machine or a network that is trusted)
 * and `s3://bucket/prefix` (AWS). Pure.
 *
 * @throws {SnapshotError} `argument/invalid`; the message repeats nothing of an address with credentials in it
 */
export function parseS3Location(text: string): S3Location {
  const onAws = /^s3:\/\/(.*)$/.exec(text)?.[1];
  if (onAws !== undefined) return splitPath(onAws);
  // The path is read as it is written: a URL would quietly resolve ".." in it, even past the bucket.
  const [, address, origin, path = ''] = /^s3:((https?:\/\/[^/]*)\/?(.*))$/.exec(text) ?? [];
  if (address === undefined || origin === undefined) throw new SnapshotError('argument/invalid', `this is no S3 address; ${forms}`);
  const url = checkEndpoint(address);
  const region = /^s3[.-]([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?$/.exec(url.hostname)?.[1];
  return { ...splitPath(path), endpoint: url.origin, ...(region !== undefined && { region }) };
}

function splitPath(path: string): Pick<S3Location, 'bucket' | 'prefix'> {
  const [bucket = '', ...rest] = decode(path).split('/');
  return { bucket: checkBucket(bucket), prefix: checkPrefix(rest.join('/')) };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new SnapshotError('argument/invalid', `an S3 address has a "%" that encodes nothing; ${forms}`, { cause });
  }
}
