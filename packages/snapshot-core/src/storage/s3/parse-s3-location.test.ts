import { describe, expect, test } from 'vitest';
import { SnapshotError } from '../../errors/snapshot-error.ts';
import { createS3Storage } from './create-s3-storage.ts';
import { parseS3Location } from './parse-s3-location.ts';

test.each([
  ['s3:https://host.example/bucket', { endpoint: 'https://host.example', bucket: 'bucket', prefix: '' }],
  ['s3:https://host.example/bucket/', { endpoint: 'https://host.example', bucket: 'bucket', prefix: '' }],
  ['s3:http://127.0.0.1:9000/bucket/a/b%20c/', { endpoint: 'http://127.0.0.1:9000', bucket: 'bucket', prefix: 'a/b c' }],
  ['s3:https://[::1]:9000/my_bucket/x', { endpoint: 'https://[::1]:9000', bucket: 'my_bucket', prefix: 'x' }],
  ['s3:https://s3.eu-west-1.amazonaws.com/bucket/x', { endpoint: 'https://s3.eu-west-1.amazonaws.com', region: 'eu-west-1', bucket: 'bucket', prefix: 'x' }],
  ['s3://bucket/a/b', { bucket: 'bucket', prefix: 'a/b' }],
])('%s is understood', (text, location) => {
  expect(parseS3Location(text)).toEqual(location);
});

describe('an address of S3 is refused', () => {
  test.each([
    ['bucket/prefix', 's3:https://'],
    ['s3:host/bucket', 's3:https://'],
    ['s3:ftp://host/bucket', 's3:https://'],
    ['s3:https://host', 'bucket'],
    ['s3:https://host/b', 'bucket'],
    ['s3://', 'bucket'],
    ['s3://a bucket/x', 'bucket'],
    ['s3://bucket/a//b', 'prefix'],
    ['s3://bucket/a/../b', 'prefix'],
    ['s3:https://host/bucket/a/../b', 'prefix'],
    ['s3:https://host/bucket/../other/b', 'prefix'],
    ['s3:https://host/bucket/%2e%2e/b', 'prefix'],
    ['s3:https://host\\bucket/b', 'bucket'],
    ['s3://bucket/a%00b', 'prefix'],
    ['s3://bucket/%zz', '%'],
    [`s3://bucket/${'x'.repeat(881)}`, 'prefix'],
    ['s3:https://host/bucket?versionId=1', '?'],
    ['s3:https://host/bucket#x', '#'],
  ])('%s', (text, reason) => {
    expect(() => parseS3Location(text)).toThrow(expect.objectContaining({ code: 'argument/invalid', message: expect.stringContaining(reason) }));
  });

  test.each(['s3:https://AKIDEXAMPLE:wJalrX@host/bucket', 's3:https://AKIDEXAMPLE@host/bucket'])('with credentials in it, and they are not repeated: %s', (text) => {
    const refused = [() => parseS3Location(text), () => createS3Storage({ endpoint: text.slice(3), bucket: 'bucket' })].map((call) => {
      try {
        call();
      } catch (error) {
        return error;
      }
      return undefined;
    });
    for (const error of refused) {
      expect(SnapshotError.isInstance(error) && error.code).toBe('argument/invalid');
      expect(String(error)).not.toMatch(/AKID|wJalrX/);
    }
  });
});

test('the storage says where it is, without credentials', () => {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrX' };
  expect(createS3Storage({ bucket: 'bucket', prefix: '/a/b/', credentials }).description).toBe('s3://bucket/a/b');
  expect(createS3Storage({ bucket: 'bucket', endpoint: 'https://host:9000/', credentials }).description).toBe('s3:https://host:9000/bucket');
});
