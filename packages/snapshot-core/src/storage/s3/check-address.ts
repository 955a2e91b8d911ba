import { SnapshotError } from '../../errors/snapshot-error.ts';

/** A key has at most 1024 bytes; this leaves room for the folder and the name. */
const maxPrefixBytes = 880;

/** @throws {SnapshotError} `argument/invalid` for what no server calls a bucket */
export function checkBucket(bucket: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{2,254}$/.test(bucket))
    throw new SnapshotError('argument/invalid', `${JSON.stringify(bucket)} cannot name a bucket: 3 to 255 of letters, digits, ".", "-" and "_"`);
  return bucket;
}

/**
 * @returns the prefix without slashes at its ends
 * @throws {SnapshotError} `argument/invalid` for a prefix that servers or tools would read as another one
 */
export function checkPrefix(prefix: string): string {
  const trimmed = prefix.replace(/^\/|\/$/g, '');
  const odd = trimmed !== '' && trimmed.split('/').some((part) => part === '' || part === '.' || part === '..');
  const hasControls = Buffer.from(trimmed).some((byte) => byte < 32 || byte === 127);
  if (odd || hasControls || !trimmed.isWellFormed() || Buffer.byteLength(trimmed) > maxPrefixBytes)
    throw new SnapshotError('argument/invalid', `${JSON.stringify(prefix)} cannot be a prefix: parts between "/" that are not empty, "." or "..", without control characters, ${maxPrefixBytes} bytes at most`);
  return trimmed;
}

/** @throws {SnapshotError} `argument/invalid`; never repeats the address, which may hold what must not be shown */
export function checkEndpoint(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw new SnapshotError('argument/invalid', 'the address of an S3 server must start with https:// or http://');
  if (url.username !== '' || url.password !== '')
    throw new SnapshotError('argument/invalid', 'the address of an S3 server must not hold credentials: lists of processes and logs would show them. Put them into the environment or the AWS configuration');
  if (url.search !== '' || url.hash !== '') throw new SnapshotError('argument/invalid', 'the address of an S3 server must end with the path: no "?" and no "#"');
  return url;
}
